"""A launch is interrupted, killed, or started twice: nothing is lost and nothing runs twice."""

from __future__ import annotations

import signal

import pytest
from command_lab import interrupt, until

from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.lock import sweep_lock


def start(lab, count, *argv, parallel=2):
    lab.config(x=f"{list(range(count))}", mode="wait", more=f"limits: {{parallel: {parallel}}}\n")
    child = lab.start("launch", "sweep.yaml", *argv)
    until(lambda: len(lab.runs()) >= min(count, parallel), "the start")
    return child


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_once_cancels_what_runs_and_the_next_launch_finishes(lab, signum):
    child = start(lab, 4)
    child.send_signal(signum)
    found = lab.end(child)
    assert found.code == 130
    assert "stopping: 2 trials to end; ^C again leaves without waiting\n" in found.err
    assert found.err.endswith("carry on with: sweeper launch sweep.yaml\n")
    assert lab.states() == {"cancelled": 2}
    (lab.folder / "go").touch()
    assert lab.run("launch", "sweep.yaml").code == 0
    assert lab.states() == {"succeeded": 4}
    assert len(lab.runs()) == 6


def test_twice_leaves_at_once_and_what_runs_is_adopted(lab):
    stubborn = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\n\ndef main():"
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("def main():", stubborn))
    lab.config(x="[1, 2, 3]", mode="wait", more="limits: {parallel: 3}\n")
    child = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 3, "the start")
    interrupt(child)
    assert child.stderr.readline().startswith("launching toy-")
    assert child.stderr.readline().startswith("stopping: 3 trials to end")
    interrupt(child)
    found = lab.end(child)
    assert found.code == 130
    assert "left at once: 3 had not ended yet, the next launch finds them again" in found.err
    assert lab.states() == {"running": 3}
    (lab.folder / "go").touch()
    again = lab.run("launch", "sweep.yaml")
    # what was asked to end and went on to its end all the same was cancelled, and is run once more
    assert again.code == 0
    assert lab.states() == {"succeeded": 3}
    assert len(lab.runs()) == 6


def test_killed_it_is_carried_on_and_what_ran_is_adopted(lab):
    child = start(lab, 4)
    child.kill()
    child.wait()
    second = lab.start("launch", "sweep.yaml")
    until(lambda: "being run by process" in lab.run("status").out, "the second launch")
    (lab.folder / "go").touch()
    assert lab.end(second).code == 0
    assert lab.states() == {"succeeded": 4}
    assert len(lab.runs()) == 4


def test_a_second_launch_says_who_runs_it_watches_and_changes_how_many_run_at_once(lab):
    first = start(lab, 4, parallel=1)
    second = lab.start("launch", "sweep.yaml", "--parallel=3")
    said = second.stderr.readline()
    assert f" is being run by another launch (process {first.pid}); it runs 3 at once from now on; watching it" in said
    until(lambda: len(lab.runs()) == 3, "three at once")
    (lab.folder / "go").touch()
    assert lab.end(first).code == 0
    found = lab.end(second)
    assert found.code == 0
    assert "4 trials: 4 succeeded" in found.out
    assert len(lab.runs()) == 4


def test_two_first_launches_at_once_are_one_sweep_and_each_trial_runs_once(lab):
    lab.config(x="[1, 2, 3, 4, 5, 6, 7, 8]")
    children = [lab.start("launch", "sweep.yaml") for _ in range(2)]
    assert [lab.end(child).code for child in children] == [0, 0]
    assert len(lab.run("list", "--json").json) == 1
    assert len(lab.runs()) == len(set(lab.runs())) == 8


def test_somebody_who_only_looks_does_not_keep_a_launch_away(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    (folder,) = (lab.folder / ".sweeper").glob("toy-*")
    lab.config(x="[1, 2, 3, 4]")
    with sweep_lock(lab.folder / ".sweeper", folder.name), open_ledger(lab.folder / ".sweeper") as ledger:
        child = lab.start("launch", "sweep.yaml", "--parallel=2")
        until(lambda: list(ledger.select("SELECT 1 FROM requests")), "a try that found the lock taken")
    assert lab.end(child).code == 0
    assert len(lab.runs()) == 4
