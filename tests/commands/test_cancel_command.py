"""``sweeper cancel``: one trial or all, with a launch that runs and without."""

from __future__ import annotations

from command_lab import until

from sweeper.ledger.ledger import open_ledger


def start_two(lab):
    lab.config(x="[1, 2]", mode="wait", more="limits: {parallel: 2}\n")
    child = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the start of both")
    return child


def test_a_running_launch_is_asked_to_cancel_everything_and_can_be_carried_on(lab):
    child = start_two(lab)
    found = lab.run("cancel", "toy")
    assert found.code == 0
    assert f"asked the launch that runs it (process {child.pid}) to cancel everything" in found.err
    ended = lab.end(child)
    assert ended.code == 1
    assert lab.states() == {"cancelled": 2}
    (lab.folder / "go").touch()
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == 4


def test_one_trial_is_cancelled_and_the_others_go_on(lab):
    child = start_two(lab)
    found = lab.run("cancel", "toy", "1", "--json")
    assert (len(found.json["trials"]), found.json["asked"]) == (1, True)
    until(lambda: lab.states() == {"running": 1, "cancelled": 1}, "the cancelling")
    (lab.folder / "go").touch()
    assert lab.end(child).code == 1
    # it stays cancelled until it is asked for
    assert lab.run("launch", "sweep.yaml").code == 1
    assert len(lab.runs()) == 2
    lab.run("retry", "toy")
    assert lab.run("launch", "sweep.yaml").code == 0


def test_without_a_launch_it_is_done_here(lab):
    child = start_two(lab)
    child.kill()
    child.wait()
    found = lab.run("cancel", "toy", "0")
    assert found.code == 0
    assert found.err.endswith(": 1 running, 1 cancelled\n")
    assert lab.run("cancel", "toy").err.endswith(": 2 cancelled\n")
    assert lab.run("cancel", "toy").err.endswith(": nothing runs\n")


def test_a_wish_that_nobody_took_does_not_stop_the_next_launch(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.ask(ledger.find_sweep("toy").id, "cancel")
    lab.config(x="[1, 2, 3, 4]")
    assert lab.run("launch", "sweep.yaml").code == 0


def test_what_has_ended_is_told(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("cancel", "toy", "0")
    assert found.code == 0
    assert "has ended: succeeded" in found.err
