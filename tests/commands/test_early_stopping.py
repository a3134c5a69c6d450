"""Trials of this machine that are stopped by what they report: real processes, from the config to the table."""

import json

import pytest

CURVE = '''"""
Usage: curve.py --to=<x> [--mode=<word>] [--steps=<n>] --job-dir=<dir>

Options:
  --to=<x>       What it rises to.
  --mode=<word>  rise, hang or nan, from the second step on [default: rise].
  --steps=<n>    Of a tenth of a second [default: 600].
  --job-dir=<d>  Its checkpoint is there.
"""

import json
import os
import time

from docopt import docopt

args = docopt(__doc__)
folder, steps = args["--job-dir"], int(args["--steps"])
checkpoint = os.path.join(folder, "step")
done = int(open(checkpoint).read()) if os.path.exists(checkpoint) else 0
print("going on after step", done, flush=True)
for step in range(done + 1, steps + 1):
    value = float(args["--to"]) * step / (step + 1)
    if step > 1 and args["--mode"] != "rise":
        value = float("nan")
        time.sleep(0 if args["--mode"] == "nan" else 600)
    with open(os.path.join(folder, "metrics.jsonl"), "a") as out:
        print(json.dumps({"score": value, "step": step}), file=out)
    with open(checkpoint, "w") as out:
        out.write(str(step))
    time.sleep(0.1)
'''

CONFIG = """\
name: curves
trainer: curve
method: list
metric: {name: score}
points: POINTS
early_stopping: RULE
limits: {parallel: 1}
local: {warm: never}
"""


@pytest.fixture
def sweep(lab):
    """Launches points under a rule; the rows of the results, by what each point rises to."""
    lab.write("curve.py", CURVE)

    def launch(points, rule):
        lab.write("curves.yaml", CONFIG.replace("POINTS", json.dumps(points)).replace("RULE", rule))
        said = lab.run("launch", "curves.yaml")
        rows = json.loads(lab.run("results", "curves", "--json").out)
        return said, {row["params"]["to"]: row for row in rows}

    return launch


def test_what_is_worse_hangs_or_diverges_is_ended_and_the_table_says_so(lab, sweep):
    points = [
        {"to": 0.9, "steps": 8},
        {"to": 0.1},
        {"to": 0.8, "mode": "hang"},
        {"to": 0.7, "mode": "nan"},
    ]
    said, rows = sweep(points, "{rule: asha, stall: 2s}")
    assert said.code == 1  # two have failed
    assert {to: (row["state"], row["reason"]) for to, row in rows.items()} == {
        0.9: ("succeeded", ""),
        0.1: ("succeeded", "stopped_early"),
        0.8: ("failed", "stalled"),
        0.7: ("failed", "diverged"),
    }
    assert [row["rank"] for row in rows.values()] == [1, 2, None, None]
    assert rows[0.1]["seconds"] < 10
    assert rows[0.8]["note"] == "it reported nothing for 2 s"
    assert rows[0.7]["note"].startswith("score was nan at step ")
    assert "stopped early: 1 trial; about " in said.err
    saved = lab.run("status", "curves", "--json").json["stopped_early"]
    assert saved["trials"] == 1
    assert 0 < saved["steps"] <= 8 - 2
    assert 0 < saved["hours"] < 0.01
    assert "stopped early" in lab.run("results", "curves").out


def test_a_promoted_trial_goes_on_from_its_checkpoint_in_the_same_folder(lab, sweep):
    said, rows = sweep([{"to": to, "steps": 12} for to in (0.5, 0.9, 0.1)], "{rule: asha, resumes: true}")
    assert said.code == 0
    assert {to: row["attempt"] > 1 for to, row in rows.items()} == {0.9: True, 0.5: False, 0.1: False}
    assert {to: row["reason"] for to, row in rows.items()} == {0.9: "", 0.5: "stopped_early", 0.1: "stopped_early"}
    printed = lab.run("logs", "curves", rows[0.9]["trial"]).out
    assert int(printed.partition("after step ")[2].split()[0]) >= 2
    assert rows[0.9]["metric"] == pytest.approx(0.9 * 12 / 13)  # the best one runs to its end
