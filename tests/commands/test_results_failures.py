"""``sweeper results --failures``: real trials that go wrong in several ways, gathered and explained."""

from __future__ import annotations

import pytest
from command_lab import is_refused

TRAINER = '''"""
Usage: wrong.py --x=<n> --mode=<word> [--job-dir=<dir>]
"""

import json
import os

from docopt import docopt


def load(x):
    return {}[f"column {x}"]


def save(x):
    raise KeyError(f"column {x}")


args = docopt(__doc__)
x, mode = int(args["--x"]), args["--mode"]
if mode == "memory":
    raise MemoryError
if mode == "bad" and x > 3:
    load(x)
if mode == "bad" and x == 1:
    save(x)
if mode != "silent":
    with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
        print(json.dumps({"score": x}), file=out)
'''
CONFIG = """name: wrong
trainer: wrong
metric: {name: score}
parameters:
  x: [1, 2, 3, 4, 5, 6]
  mode: [fine, bad, memory, silent]
"""


@pytest.fixture
def broken(lab):
    lab.write("wrong.py", TRAINER)
    lab.write("sweep.yaml", CONFIG)
    said = lab.run("launch", "sweep.yaml")
    assert said.code == 1
    assert " --failures; once it is mended: sweeper retry wrong-" in said.err
    return lab


def test_failures_are_gathered_by_traceback_and_classed_with_what_separates_them(broken):
    groups = broken.run("results", "--failures", "--json").json
    assert [(group["class"], group["n"]) for group in groups] == [
        ("out of memory", 6),
        ("metric missing", 6),
        ("code", 3),
        ("code", 1),
    ]
    memory, silent, load, save = groups
    assert memory["separates"] == [{"parameter": "mode", "is": "in", "value": ["memory"], "succeeded": 0}]
    assert silent["message"] == "no measurement named 'score' (none at all)"
    assert silent["printed"] == []
    # Both end in a KeyError with a name in quotes; they come from two places.
    assert [any(f"in {name}" in line for line in group["printed"]) for name, group in (("load", load), ("save", save))]
    assert all(group["message"].startswith("KeyError: 'column ") for group in groups[2:])
    assert {one["parameter"]: (one["is"], one["value"], one["succeeded"]) for one in load["separates"]} == {
        "mode": ("in", ["bad"], 2),
    }
    assert load["succeeded"] == 8
    assert len(load["trials"]) == 3


def test_people_read_the_same_and_top_counts_failures(broken):
    text = broken.run("results", "--failures").out
    assert text.splitlines()[0].endswith(": 16 of 24 trials came to nothing, in 4 ways")
    assert "\n6 x out of memory: MemoryError\n  mode = memory: all of these, and 0 of 8 that succeeded\n" in text
    assert "    KeyError: 'column 4'" in text
    assert len(broken.run("results", "--failures", "--top=1", "--json").json) == 1


def test_a_sweep_in_which_all_is_well_says_so(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    assert lab.run("results", "--failures").out.endswith(": no trial has failed\n")
    assert lab.run("results", "--failures", "--json").json == []


@pytest.mark.parametrize("other", ["--csv", "--columns=n", "--where=n > 1", "--group-by=x", "--all-attempts"])
def test_failures_are_no_table_of_trials(lab, other):
    is_refused(lab.run("results", "--failures", other), f"--failures and {other.partition('=')[0]}: choose one")
