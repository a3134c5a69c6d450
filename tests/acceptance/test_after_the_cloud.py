"""What a user does once a cloud sweep has ended: look, run the winner here, fetch it, give the bucket's space back."""

import json

import pytest

from tests.acceptance.cloud_lab import Laptop


@pytest.fixture(params=["mlengine", "vertex"])
def laptop(request, tmp_path, make_emulator):
    made = Laptop(tmp_path / "laptop", make_emulator(slots=4).url, backend=request.param, trials=3)
    assert made.launch().wait(120) == 0, made.said.read_text()
    return made


def objects(emulator_url):
    from tests.acceptance.cloud_lab import get

    return [item["name"] for item in get(f"{emulator_url}/storage/v1/b/sweeper-emulator/o").get("items", [])]


def test_the_winner_as_a_line_its_files_and_the_space_of_the_others(laptop, tmp_path):
    best = json.loads(laptop.run("best", "--json").stdout)
    assert best["params"] == {"x": 3}
    again = json.loads(laptop.run("best", "--argv", "--json").stdout)
    assert "--x=3" in again["argv"]
    assert not any(word.startswith("gs://") for word in again["argv"])
    assert any(again["folder"] in word for word in again["argv"]), "it writes into a folder of this machine"

    done = laptop.run("best", f"--fetch={tmp_path / 'winner'}")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "winner" / "metrics.jsonl").read_text())["accuracy"] == 0.003

    logs = laptop.run("logs", "tiny", best["trial"])
    assert logs.returncode == 0
    assert "tiny.task" in logs.stdout

    before = objects(laptop.url)
    would = laptop.run("clean", "tiny")
    assert "this would delete 2 output folders" in would.stderr
    assert objects(laptop.url) == before
    assert laptop.run("clean", "tiny", "--yes").returncode == 0
    left = [name for name in objects(laptop.url) if "/trials/" in name]
    assert left
    assert all(f"/trials/{best['trial']}/" in name for name in left)
    assert laptop.run("results").returncode == 0
