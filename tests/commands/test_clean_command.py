"""``sweeper clean``: disk is given back, numbers and the best trials' files stay."""

from __future__ import annotations

from command_lab import until


def outputs(lab):
    return sorted(path.parent.name for path in (lab.folder / ".sweeper").glob("toy-*/*/output"))


def test_without_yes_nothing_is_deleted(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    before = lab.files()
    found = lab.run("clean", "toy")
    assert (found.code, found.out) == (0, "")
    assert found.err.startswith("this would delete 2 output folders, 0.0 MB; those of the best 1 stay\n  say --yes")
    assert lab.files() == before
    assert lab.run("clean", "toy", "--json").json["deleted"] is False


def test_the_best_keep_their_files_and_all_keep_their_numbers(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    rows = lab.run("results", "--json").json
    found = lab.run("clean", "toy", "--keep=2", "--yes", "--json").json
    assert found.pop("sweep").startswith("toy-")
    assert found.pop("bytes") > 0
    assert found == {"folders": 1, "kept": 2, "deleted": True}
    assert outputs(lab) == sorted(row["trial"] for row in rows[:2])
    assert lab.run("results", "--json").json == rows
    assert lab.run("logs", "toy", rows[2]["trial"]).out == "hello from 1\n"
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == 3


def test_all_runs_of_the_best_point_stay(lab):
    lab.config(x="[1, 2]", more="repeats: {count: 2, parameter: seed}\n")
    lab.run("launch", "sweep.yaml")
    point = lab.run("results", "--json").json[0]["point"]
    lab.run("clean", "toy", "--yes")
    assert outputs(lab) == [f"{point}-0", f"{point}-1"]


def test_what_runs_is_not_cleaned(lab):
    lab.config(x="[1]", mode="wait")
    child = lab.start("launch", "sweep.yaml")
    until(lab.runs, "a start")
    found = lab.run("clean", "toy", "--yes")
    assert found.code == 2
    assert f"is being run by process {child.pid}" in found.err
    child.kill()
    child.wait()
    found = lab.run("clean", "toy", "--yes")
    assert found.code == 2
    assert "still run" in found.err
    assert outputs(lab)
