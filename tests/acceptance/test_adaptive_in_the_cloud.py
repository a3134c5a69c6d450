"""An adaptive sweep as plain jobs of a cloud: made again from nothing but its jobs, and gone on with from there."""

import json
import shutil

import pytest

from tests.acceptance.cloud_lab import TRAINER, Laptop, emulator

USAGE = """[--x=<n>] [--tag=<text>] [--deep] [--units=<list>]
       [--momentum=<m>] [--job-dir=<dir>]

Options:
  --tag=<text>     Says nothing.
  --deep           Says nothing.
  --units=<list>   Says nothing.
  --momentum=<m>   Says nothing."""

SCORE = 'float(options["--x"]) / 1000'
OTHERS = "(bool(options['--units']) * 2 + options['--deep']) / 1e4 + float(options['--momentum'] or 0) / 1e5"
"""No two points have the same score, so that the ranking hangs on nothing else."""

CONFIG = """\
name: learns
trainer: {{module: tiny.task, requires: []}}
method: auto
trials: {trials}
metric: accuracy
parameters:
  x: {{min: 0.0, max: 1000.0}}
  tag: ["a=b", "--c", "d e"]
  deep: [true, false]
  units: {{values: ["8", "16,8"], when: {{deep: true}}}}
  momentum: {{min: 0.0, max: 0.9, when: {{units: "16,8"}}}}
limits: {{parallel: 3}}
{more}{backend}: {{creates_per_minute: 100000}}
"""


def laptop(folder, url, backend):
    made = Laptop(folder, url, backend=backend, trials=1)
    usage = "[--x=<n>] [--job-dir=<dir>]\n\nOptions:"
    assert usage in TRAINER
    text = TRAINER.replace(usage, USAGE)
    assert SCORE in text
    (folder / "tiny" / "task.py").write_text(text.replace(SCORE, f"{SCORE} + len(options['--tag']) / 1e3 + {OTHERS}"))
    return made


def launched(laptop, trials, more=""):
    text = CONFIG.format(trials=trials, backend=laptop.backend, more=more)
    (laptop.folder / "sweep.yaml").write_text(text)
    done = laptop.run("launch", "sweep.yaml", f"--backend={laptop.backend}", "--no-verify")
    assert done.returncode == 0, done.stderr
    return done.stderr


def table(laptop):
    return [(row["rank"], row["trial"], row["state"], row["params"], row["metric"]) for row in laptop.results()]


@pytest.mark.parametrize("backend", ["vertex", pytest.param("mlengine", marks=pytest.mark.slow)])
def test_points_are_read_back_from_the_jobs_and_none_is_tried_again(tmp_path, backend):
    with emulator(tmp_path / "emulator") as url:
        here = laptop(tmp_path / "here", url, backend)
        (here.folder / "seen.csv").write_text("x,tag,deep,accuracy\n10,d e,false,0.01\n900,--c,false,0.9\n")
        warm = "warm_start: seen.csv\n"
        said = launched(here, 14, warm)
        assert "warm start: 2 of 2 measured points of seen.csv lie in this space" in said
        expected = table(here)
        assert len(expected) == len({trial for _, trial, *_ in expected}) == 14
        assert len({json.dumps(sorted(params)) for *_, params, _ in expected}) == 3  # every shape was proposed

        there = Laptop(tmp_path / "there", url, backend=backend, trials=1)
        shutil.rmtree(there.folder / "tiny")
        (there.folder / "sweep.yaml").unlink()
        done = there.run("attach", "learns", f"--backend={backend}")
        assert (done.returncode, "14 jobs found" in done.stderr, "note" in done.stderr) == (0, True, False), done.stderr
        assert table(there) == expected
        assert there.run("results").stdout == here.run("results").stdout

        shutil.copytree(here.folder / "tiny", there.folder / "tiny")
        said = launched(there, 18, warm)  # the file is not here: what it said is known from the bucket
        assert "carrying on learns-" in said
        assert "14 succeeded, 4 to go" in said
        more = table(there)
        assert len({trial for _, trial, *_ in more}) == 18
        assert {row[1:] for row in map(plain, expected)} < {row[1:] for row in map(plain, more)}


def plain(row):
    rank, trial, state, params, metric = row
    return rank, trial, state, json.dumps(params), metric
