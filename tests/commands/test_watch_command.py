"""``sweeper watch``: follows a sweep that somebody else runs, to its end."""

from __future__ import annotations

from command_lab import until


def test_a_sweep_is_followed_until_its_launch_has_ended(lab):
    lab.config(x="[1, 2]", mode="wait", more="limits: {parallel: 2}\n")
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the start of both")
    watch = lab.start("watch")
    (lab.folder / "go").touch()
    assert lab.end(launch).code == 0
    found = lab.end(watch)
    assert found.code == 0
    assert found.err.splitlines()[-1].endswith(": 2 succeeded")
    assert "2 trials: 2 succeeded\n  best score: 4" in found.out


def test_a_sweep_at_rest_is_told_at_once(lab):
    lab.config(mode="odd")
    lab.run("launch", "sweep.yaml")
    found = lab.run("watch", "toy")
    assert found.code == 1
    assert "3 trials: 1 succeeded, 2 failed" in found.out
    assert lab.run("watch", "--json").json == lab.run("status", "--json").json
