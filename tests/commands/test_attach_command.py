"""``sweeper attach``: the table from the cloud alone, and what it says where there is nothing to attach to."""

import shutil

import pytest

from tests.acceptance.cloud_lab import Laptop


@pytest.fixture
def laptop(tmp_path, make_emulator):
    url = make_emulator(slots=4).url
    return Laptop(tmp_path / "laptop", url, backend="vertex", trials=3)


def test_a_ledger_that_was_lost_is_made_again_from_the_cloud(laptop):
    assert laptop.launch().wait(120) == 0, laptop.said.read_text()
    before = laptop.run("results").stdout
    shutil.rmtree(laptop.folder / ".sweeper")
    done = laptop.run("attach", "tiny", "--backend=vertex")
    assert done.returncode == 0, done.stderr
    assert "3 succeeded" in done.stderr
    assert laptop.run("results").stdout == before
    again = laptop.run("attach", "tiny", "--backend=vertex")
    assert again.returncode == 0
    assert "already" in again.stderr
    assert laptop.launch().wait(120) == 0
    assert laptop.run("results").stdout == before, "the attached sweep is carried on, not run again"


REFUSED = [
    (["attach", "tiny", "--backend=vertex"], "The specified bucket does not exist"),
    (["attach", "tiny", "--backend=local"], "--backend: expected mlengine or vertex, got 'local'"),
]


@pytest.mark.parametrize(("argv", "said"), REFUSED)
def test_what_cannot_be_attached_is_said(laptop, argv, said):
    done = laptop.run(*argv)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_is_taken_is_not_adopted_and_attach_is_offered(laptop):
    assert laptop.launch().wait(120) == 0
    shutil.rmtree(laptop.folder / ".sweeper")
    assert laptop.launch().wait(120) == 2
    said = laptop.said.read_text()
    assert "the name 'tiny' is taken in this bucket" in said
    assert "sweeper attach tiny --backend=vertex" in said
    assert laptop.run("list", "--json").stdout.strip() == "[]"
    nobody = laptop.run("attach", "nobody", "--backend=vertex")
    assert nobody.returncode == 2
    assert "no sweep 'nobody' has been launched in gs://sweeper-emulator/sweeps" in nobody.stderr
    wrong = laptop.run("attach", "tiny", "--backend=mlengine")
    assert wrong.returncode == 2
    assert "--backend=vertex" in wrong.stderr
