"""``sweeper watch``: follows a sweep that somebody else runs, to its end."""

from __future__ import annotations

import json

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


def test_in_a_pipe_each_event_is_a_line(lab):
    lab.config(x="[1, 2, 3]", mode="[wait]", more="limits: {parallel: 2}\n")
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the start of two")
    watches = [lab.start("watch"), lab.start("watch", "--json")]
    for watch in watches:
        assert watch.stderr.readline().startswith("toy-")
    (lab.folder / "go").touch()
    assert lab.end(launch).code == 0
    text, objects = (lab.end(watch) for watch in watches)
    assert text.code == objects.code == 0
    lines = text.out.splitlines()
    assert sum(line.endswith(": succeeded, score 4") for line in lines) == 1
    *events, status = map(json.loads, objects.out.splitlines())
    assert [(one["number"], one["metric"]) for one in events if one["state"] == "succeeded"] in (
        [(0, 2.0), (1, 4.0), (2, 6.0)],
        [(1, 4.0), (0, 2.0), (2, 6.0)],
    )
    moves = [one["state"] for one in events if one["number"] == 2]
    assert (moves[0], moves[-1]) == ("submitting", "succeeded")
    assert status == lab.run("status", "--json").json


def test_a_failure_is_a_line_with_its_reason(lab):
    lab.config(x="[1, 3]", mode="[odd, wait]", more="limits: {parallel: 1, retries: 0}\n")
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("cannot be learnt", "\\x1b[2Jcannot be learnt"))
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the trial that waits")
    watch = lab.start("watch")
    assert watch.stderr.readline().startswith("toy-")
    (lab.folder / "go").touch()
    assert lab.end(launch).code == 1
    found = lab.end(watch)
    assert found.code == 1
    (line,) = (line for line in found.out.splitlines() if ": failed" in line)
    assert line.endswith("): failed, code: ValueError: x is 3: \\x1b[2Jcannot be learnt")
