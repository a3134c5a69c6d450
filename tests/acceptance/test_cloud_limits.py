"""What a launch in a cloud may use, from the config to the jobs that are not made."""

import pytest

from tests.acceptance.cloud_lab import Laptop


@pytest.fixture
def laptop(tmp_path, make_emulator):
    return Laptop(tmp_path / "laptop", make_emulator(simulate=2.0, slots=2).url, backend="vertex", trials=6)


def limit(laptop, limits):
    config = laptop.folder / "sweep.yaml"
    config.write_text(config.read_text().replace("{retries: 20}", limits))


LIMITS = [
    ("{parallel: 1, cost: 0.01 USD}", "stopped at limits.cost: 0.0", " of 0.01 USD"),
    ("{parallel: 1, hours: 0.001}", "stopped at limits.hours: 0.00", " of 0.001 hours of running time"),
]


@pytest.mark.parametrize(("limits", "told", "of"), LIMITS)
def test_a_limit_of_money_or_time_ends_a_launch_in_a_cloud(laptop, limits, told, of):
    limit(laptop, limits)
    config = laptop.folder / "sweep.yaml"
    config.write_text(
        config.read_text().replace("creates_per_minute: 100000", "price: 10 USD, creates_per_minute: 9999")
    )
    found = laptop.run("launch", "sweep.yaml", "--backend=vertex", "--no-verify")
    assert found.returncode == 1
    assert told in found.stderr, found.stderr
    assert of in found.stderr
    assert 1 <= sum(row["state"] == "succeeded" for row in laptop.results()) <= 4
    again = laptop.run("launch", "sweep.yaml", "--backend=vertex", "--no-verify")
    assert told in again.stderr
