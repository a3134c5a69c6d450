"""``sweeper retry``: failed trials, or those named, once more."""

from __future__ import annotations

from command_lab import until


def test_all_that_failed_run_again_with_the_next_launch(lab):
    lab.config(mode="odd")
    assert lab.run("launch", "sweep.yaml").code == 1
    assert lab.run("launch", "sweep.yaml").code == 1
    assert len(lab.runs()) == 3
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("raise ValueError", "print"))
    found = lab.run("retry", "toy")
    assert found.code == 0
    assert ": 2 to run again; start them with: sweeper launch sweep.yaml" in found.err
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == 5


def test_a_trial_that_is_named_runs_again_even_if_it_succeeded(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    trial = lab.run("results", "--json").json[1]["trial"]
    assert lab.run("retry", "toy", trial[:8], "--json").json["trials"] == [trial]
    assert lab.run("launch", "sweep.yaml").code == 0
    assert sorted(lab.runs()).count(trial) == 2
    assert len(lab.runs()) == 4


def test_nothing_to_do_is_said(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("retry", "toy")
    assert found.code == 0
    assert found.err.endswith(": no trial has failed, was lost or was cancelled\n")


def test_a_running_trial_is_refused(lab):
    lab.config(x="[1]", mode="wait")
    child = lab.start("launch", "sweep.yaml")
    until(lambda: lab.runs() and lab.states() == {"running": 1}, "a start")
    found = lab.run("retry", "toy", "0")
    assert found.code == 2
    assert "is running\n  cancel it first" in found.err
    (lab.folder / "go").touch()
    assert lab.end(child).code == 0


def test_a_removed_trial_is_refused(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    gone = lab.run("results", "--json").json[0]["trial"]
    lab.config(x="[1, 2]")
    lab.run("launch", "sweep.yaml")
    found = lab.run("retry", "toy", gone)
    assert found.code == 2
    assert "was removed" in found.err
