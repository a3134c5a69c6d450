"""``sweeper status``: counts, the best so far, and what to do next."""

from __future__ import annotations

from command_lab import until

ROW = {"rank", "trial", "point", "state", "params", "metric", "metrics", "n", "argv"}


def test_a_finished_sweep_has_counts_and_a_winner(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("status")
    assert (found.code, found.err) == (0, "")
    head, best = found.out.splitlines()
    assert head.endswith(": 3 trials: 3 succeeded")
    assert best.startswith("  best score: 6 (trial ")


def test_json_has_the_keys_that_scripts_rely_on(lab):
    lab.config(mode="odd")
    lab.run("launch", "sweep.yaml")
    found = lab.run("status", "toy", "--json").json
    assert found["sweep"].startswith("toy-")
    best = found.pop("best")
    assert set(best) >= ROW
    assert (best["rank"], best["metric"], best["params"]) == (1, 4.0, {"x": 2, "mode": "odd"})
    found.pop("sweep")
    assert found == {
        "name": "toy",
        "state": "done",
        "trials": 3,
        "removed": 0,
        "states": {"submitting": 0, "queued": 0, "running": 0, "succeeded": 1, "failed": 2, "cancelled": 0, "lost": 0},
        "stopped_early": None,
    }


def test_without_a_winner_best_is_null(lab):
    lab.config(mode="silent")
    lab.run("launch", "sweep.yaml")
    assert lab.run("status", "--json").json["best"] is None


def test_trials_that_nobody_watches_are_looked_at(lab):
    lab.config(x="[1]", mode="wait")
    child = lab.start("launch", "sweep.yaml")
    until(lab.runs, "a start")
    assert f"being run by process {child.pid}" in lab.run("status").out
    child.kill()
    child.wait()
    found = lab.run("status").out
    assert "1 running" in found
    assert "no launch is running; carry on with: sweeper launch sweep.yaml" in found
    (lab.folder / "go").touch()
    until(lambda: "1 succeeded" in lab.run("status").out, "the end of the trial")


def test_a_sweep_that_stopped_says_why(lab):
    lab.config(x="[1, 2, 3, 4, 5, 6, 7, 8]", mode="fail", more="limits: {parallel: 1}\n")
    lab.run("launch", "sweep.yaml")
    found = lab.run("status").out
    assert " failed, " in found
    assert " to go\n  no launch is running" in found
    assert "the first 3 trials failed in the same way: ValueError: x is" in found


def test_a_name_that_is_not_there_is_told_with_those_that_are(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("status", "tyo")
    assert found.code == 2
    assert "no sweep is called 'tyo'\n  one of toy" in found.err
