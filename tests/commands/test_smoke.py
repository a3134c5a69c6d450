"""``launch --smoke`` and ``plan --smoke``: what would end the sweep ends a few trials before it. Real processes."""

from __future__ import annotations

import json

import pytest
from command_lab import interrupt, until

TRAINER = '''"""
Usage: deep.py --batch=<n> --depth=<n> [--kind=<word>] [--seed=<n>] --job-dir=<dir>

Options:
  --batch=<n>    Rows at a time.
  --depth=<n>    Layers.
  --kind=<word>  What becomes of the run: fine, code, killed, hangs, nan or at-end [default: fine].
  --seed=<n>     Is written down [default: 0].
  --job-dir=<d>  Where to write.
"""

import json
import os
import signal
import time

from docopt import docopt

args = docopt(__doc__)
batch, kind = int(args["--batch"]), args["--kind"]
with open("runs.txt", "a") as runs:
    print(batch, args["--depth"], kind, args["--seed"], file=runs)
if batch > 1000 and kind == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if batch > 1000:
    raise MemoryError(f"cannot hold {batch} rows")
if kind == "code":
    raise ValueError("no such kind")
if kind == "hangs":
    time.sleep(600)
for step in [1] if kind == "at-end" else range(1, 600):
    with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
        print(json.dumps({"score": float("nan") if kind == "nan" else batch, "step": step}), file=out)
    time.sleep(0 if kind == "at-end" else 0.1)
'''

CONFIG = """\
name: deep
trainer: deep
metric: {name: score}
local: {warm: never}
"""


@pytest.fixture
def deep(lab):
    """Writes the trainer and a config with more lines."""
    lab.write("deep.py", TRAINER)

    def write(more):
        return lab.write("deep.yaml", CONFIG + more)

    return write


def runs(lab):
    file = lab.folder / "runs.txt"
    return [tuple(line.split()) for line in file.read_text().splitlines()] if file.exists() else []


def test_too_large_a_batch_shows_before_the_sweep_which_is_not_begun(lab, deep):
    deep("parameters: {batch: [8, 64, 4096], depth: [1, 2, 3], kind: [fine, killed, at-end]}\nlimits: {parallel: 1}\n")
    said = lab.run("launch", "deep.yaml", "--smoke")
    assert said.code == 1
    lines = said.out.splitlines()
    assert lines[0].startswith("FAILED ")
    assert lines[0].endswith("batch=4096 depth=3 kind=fine    out of memory: MemoryError: cannot hold 4096 rows")
    assert lines[1].endswith("batch=4096 depth=3 kind=killed  killed by SIGKILL (perhaps out of memory)")
    # all of them are tried, although the first have failed in the same way
    assert [line.split()[0] for line in lines] == ["FAILED"] * 4 + ["passed"] * 4
    assert len(runs(lab)) == len(lines)
    assert "    raise MemoryError(" in said.err
    assert ": 4 of 8 corners passed\n" in said.err
    assert said.err.endswith("; the sweep itself is not begun\n")
    assert [row["name"] for row in lab.run("list", "--json").json] == ["deep-smoke"]


def test_where_all_pass_each_ran_until_its_first_report_and_the_sweep_begins_with_nothing_done(lab, deep):
    deep("parameters: {batch: [8, 64], depth: 2, kind: [at-end, fine]}\n")
    said = lab.run("launch", "deep.yaml", "--smoke", "--parallel=3")
    assert said.code == 0
    assert said.out.splitlines()[0].endswith("  batch=64 kind=at-end  score 64")
    assert said.err.endswith("launch it: sweeper launch deep.yaml --parallel=3\n")
    rows = lab.run("results", "deep-smoke", "--json").json
    assert {row["state"] for row in rows} == {"succeeded"}
    assert {row["params"]["kind"]: row["reason"] for row in rows} == {"fine": "stopped_early", "at-end": ""}
    assert all(row["seconds"] < 10 for row in rows)
    plan = lab.run("plan", "deep.yaml", "--json").json
    assert (plan["new"], plan["keep"], plan["id"]) == (4, 0, None)


def test_it_is_begun_anew_each_time_and_no_sweep_of_that_name_goes_on_with_it(lab, deep):
    deep("parameters: {batch: [8, 64], depth: 2, kind: at-end}\n")
    first, second = (lab.run("launch", "deep.yaml", "--smoke", "--json").json["sweep"] for _ in range(2))
    assert first != second
    assert len(runs(lab)) == 4
    lab.write("deep-smoke.yaml", (lab.folder / "deep.yaml").read_text().replace("name: deep", "name: deep-smoke"))
    assert lab.run("plan", "deep-smoke.yaml", "--json").json["id"] is None
    assert lab.run("launch", "deep-smoke.yaml").code == 0
    assert len(runs(lab)) == 6


def test_what_hangs_has_failed_at_the_time_limit_and_what_reports_no_number_has_run(lab, deep):
    points = [{"batch": 1, "kind": kind} for kind in ("hangs", "nan", "code")]
    limits = "{timeout: 2s, trials: 1, retries: {code: 3}}"
    deep(f"method: list\npoints: {json.dumps(points)}\nparameters: {{depth: 1}}\nlimits: {limits}\n")
    said = lab.run("launch", "deep.yaml", "--smoke", "--json")
    assert said.code == 1
    found = {one["params"]["kind"]: (one["passed"], one["why"]) for one in said.json["corners"]}
    assert found == {
        "hangs": (False, "timeout: no score within 2 s (limits.timeout)"),
        "nan": (True, found["nan"][1]),
        "code": (False, "ValueError: no such kind"),
    }
    assert found["nan"][1].startswith("score was nan at step ")
    assert len(runs(lab)) == 3  # limits.trials is the sweep's, and nothing is tried again
    assert (said.json["of"], said.json["passed"], said.json["failed"]) == ("deep", 1, 2)


def test_a_trainer_that_never_works_is_not_tried_sixteen_times(lab, deep):
    deep("parameters: {batch: [1, 2, 3], depth: [1, 2, 3], kind: code}\nlimits: {parallel: 1, retries: {code: 5}}\n")
    said = lab.run("launch", "deep.yaml", "--smoke")
    assert said.code == 1
    lines = said.out.splitlines()
    assert [line[:7] for line in lines[:3]] == ["FAILED "] * 3
    assert lines[-1].startswith("not run ")
    assert lines[-1].endswith("  was not started")
    assert "stopped: the first 3 trials failed in the same way: ValueError: no such kind\n" in said.err


def test_plan_shows_the_command_lines_in_their_order_and_touches_nothing(lab, deep):
    deep("parameters: {batch: [8, 64], depth: [1, 2]}\n")
    said = lab.run("plan", "deep.yaml", "--smoke")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0] == (
        "deep-smoke: 4 corners of deep, the dearest first, on local; each until its first score, 10 min at most"
    )
    assert [line.split()[3:5] for line in lines[2:]] == [
        ["--batch=64", "--depth=2"],
        ["--batch=64", "--depth=1"],
        ["--batch=8", "--depth=2"],
        ["--batch=8", "--depth=1"],
    ]
    assert said.err.endswith("run them: sweeper launch deep.yaml --smoke\n")
    found = lab.run("plan", "deep.yaml", "--smoke", "--json").json
    assert set(found) == {"sweep", "of", "backend", "timeout", "corners", "missing"}
    assert found["corners"][0]["params"] == {"batch": 64, "depth": 2}
    assert found["corners"][0]["argv"][:2] == ["--batch=64", "--depth=2"]
    assert not (lab.folder / ".sweeper").exists()


@pytest.mark.parametrize(
    "method",
    [
        "grid\nrepeats: 3",
        "random\ntrials: 50",
        "sobol\ntrials: 50\nrepeats: {count: 2, parameter: seed}",
        "auto\ntrials: 50\nwarm_start: [deep]\nstop_when: {no_improvement: 2}",
        "service\ntrials: 50\nearly_stopping: service",
    ],
)
def test_any_method_is_tried_at_the_same_corners_once_each(lab, deep, method):
    deep(f"method: {method}\nparameters: {{batch: [8, 64], depth: [1, 2]}}\nlimits: {{trials: 1}}\n")
    found = lab.run("plan", "deep.yaml", "--smoke", "--json").json
    assert [tuple(one["params"].values()) for one in found["corners"]] == [(64, 2), (64, 1), (8, 2), (8, 1)]


def test_it_is_a_sweep_like_any_other_afterwards(lab, deep):
    deep("parameters: {batch: [8, 4096], depth: 1}\nearly_stopping: asha\n")
    lab.run("launch", "deep.yaml", "--smoke")
    assert lab.states() == {"succeeded": 1, "failed": 1}
    assert "stopped early" not in lab.run("status").out
    assert "sweeper launch deep.yaml --smoke" in lab.run("retry", "deep-smoke").err
    failed = lab.run("results", "deep-smoke", "--json").json[-1]
    assert "MemoryError" in lab.run("logs", "deep-smoke", failed["trial"]).out
    assert lab.run("clean", "deep-smoke", "--keep=0", "--yes").code == 0
    assert not list(lab.folder.glob(".sweeper/deep-smoke-*/*/output/metrics.jsonl"))


def test_it_is_not_left_alone(lab, deep):
    deep("parameters: {batch: 8, depth: 1}\n")
    said = lab.run("launch", "deep.yaml", "--smoke", "--detach")
    assert said.code == 2
    assert "--smoke and --detach: choose one" in said.err


def test_interrupted_it_ends_what_runs_and_is_begun_anew(lab, deep):
    deep("parameters: {batch: [8, 64], depth: 1, kind: hangs}\nlimits: {parallel: 1}\n")
    child = lab.start("launch", "deep.yaml", "--smoke")
    until(lambda: runs(lab), "the start")
    interrupt(child)
    said = lab.end(child)
    assert said.code == 130
    assert {line.split("  ")[0] for line in said.out.splitlines()} == {"not run"}
    assert said.err.endswith("begin anew with: sweeper launch deep.yaml --smoke\n")
    assert "cancelled" in lab.states()
