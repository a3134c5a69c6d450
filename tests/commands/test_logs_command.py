"""``sweeper logs``: what a trial printed, and what it goes on to print."""

from __future__ import annotations

from command_lab import until


def test_a_trial_is_found_by_id_beginning_or_number(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    trial = lab.run("results", "--json").json[0]["trial"]
    for text in (trial, trial[:6], "2", "#2"):
        found = lab.run("logs", "toy", text)
        assert found == (0, "hello from 3\n", ""), text
    lines = lab.run("logs", "toy", trial, "--json").json
    assert lines.pop("sweep").startswith("toy-")
    assert lines == {"trial": trial, "attempt": 1, "lines": ["hello from 3"]}


def test_follow_prints_until_the_trial_has_ended(lab):
    lab.config(x="[1]", mode="wait")
    launch = lab.start("launch", "sweep.yaml")
    until(lab.runs, "a start")
    logs = lab.start("logs", "toy", "0", "--follow")
    assert logs.stdout.readline() == "hello from 1\n"
    assert logs.poll() is None
    (lab.folder / "go").touch()
    assert lab.end(logs).code == 0
    assert lab.end(launch).code == 0


def test_each_attempt_has_its_own(lab):
    lab.config(x="[1]", mode="killed")
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == 2
    assert lab.run("logs", "toy", "0", "--attempt=1").out == "hello from 1\n"
    found = lab.run("logs", "toy", "0", "--attempt=3")
    assert found.code == 2
    assert "has no attempt 3\n  it had 2" in found.err


def test_a_trial_that_is_not_there_is_told(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("logs", "toy", "zzz")
    assert found.code == 2
    assert "has no trial 'zzz'" in found.err
