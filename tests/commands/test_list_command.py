"""``sweeper list``: all sweeps, newest first."""

from __future__ import annotations

import time


def test_sweeps_are_listed_newest_first(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    lab.config(mode="odd", name="other.yaml")
    lab.run("launch", "other.yaml", "--fresh")
    found = lab.run("list")
    assert (found.code, found.err) == (0, "")
    first, second = found.out.splitlines()
    assert first.startswith("toy-")
    assert first.endswith("  local  3 trials: 1 succeeded, 2 failed  other.yaml")
    assert second.endswith("  local  3 trials: 3 succeeded  sweep.yaml")


def test_json_has_the_keys_that_scripts_rely_on(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    (found,) = lab.run("list", "--json").json
    assert found.pop("sweep").startswith("toy-")
    assert abs(found.pop("created") - time.time()) < 60
    assert found.pop("states") == {
        "submitting": 0,
        "queued": 0,
        "running": 0,
        "succeeded": 3,
        "failed": 0,
        "cancelled": 0,
        "lost": 0,
    }
    assert found == {"name": "toy", "backend": "local", "config": "sweep.yaml", "state": "done", "trials": 3}
