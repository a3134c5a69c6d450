"""An adaptive sweep whose launcher is killed again and again proposes what it would have proposed.

A proposal is a function of the sweep and of what was known when there was room for it. So there are two things to hold:

- Where trials run to their end one at a time, what is known at each proposal is the same in every run, whatever is
  killed when: then the points and their metrics are those of a sweep that nobody disturbed, one by one.
- Where trials are stopped early, it is not: which step a trial has reached when it is stopped hangs on the machine, and
  its metric with it, killed or not. Then each ledger is held against itself: its events tell what was known when each
  point was begun, and a search that is made anew and told that proposes the very point.
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest

from sweeper.config import parse
from sweeper.driver.known import told
from sweeper.ledger.ledger import open_ledger
from sweeper.model import State
from sweeper.search import make
from sweeper.states import LIVE
from tests.acceptance.cloud_lab import ROOT

CONFIG = """\
name: killed
trainer: trainer.task
method: auto
trials: {trials}
seed: 3
limits: {{parallel: 1}}
parameters:
  train_data_paths: few.csv
  eval_data_paths: held.csv
  epochs: {epochs}
  learning_rate: {{min: 1e-5, max: 1e-1, scale: log}}
  hidden_units: ["8", "32", "128,64"]
  batch_size: [16, 64]
  optimizer: [adam, sgd]
  momentum: {{min: 0.0, max: 0.99, when: {{optimizer: sgd}}}}
{more}"""
PATIENCE = 300.0


class Project:
    """The bundled trainer with little data, and one sweep of it."""

    def __init__(self, folder, *, trials, epochs=2, more=""):
        self.folder, self.trials = folder, trials
        folder.mkdir()
        shutil.copytree(ROOT / "trainer", folder / "trainer", ignore=shutil.ignore_patterns("__pycache__"))
        for name, source, count in (("few.csv", "digits.csv", 200), ("held.csv", "digits_eval.csv", 100)):
            lines = (ROOT / "data" / source).read_text().splitlines(keepends=True)
            (folder / name).write_text("".join(lines[: count + 1]))
        self.text = CONFIG.format(trials=trials, epochs=epochs, more=more)
        (folder / "killed.yaml").write_text(self.text)

    def launch(self):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        with (self.folder / "said.txt").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "sweeper", "launch", "killed.yaml"],
                cwd=self.folder,
                env={**kept, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def to_its_end(self):
        assert self.launch().wait(PATIENCE) == 0, (self.folder / "said.txt").read_text()

    def killed_at(self, moments):
        """``(n, what)``: as soon as trial n was begun, has reported something, or has ended."""
        for number, what in moments:
            launcher = self.launch()
            wait_until(lambda number=number, what=what: self.has(number, what), launcher)
            launcher.send_signal(signal.SIGKILL)
            assert launcher.wait(PATIENCE) == -signal.SIGKILL

    def has(self, number, what):
        path = self.folder / ".sweeper" / "ledger.db"
        if not path.exists():
            return False
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            try:
                found = ledger.execute("SELECT id, state FROM trials WHERE number >= ?", (number,)).fetchall()
            except sqlite3.OperationalError:  # its tables are being made
                return False
        if what == "reported":
            folders = [next(path.parent.glob(f"killed-*/{trial}/output/metrics.jsonl"), None) for trial, _ in found]
            return any(folders)
        return any(what == "begun" or state == "succeeded" for _, state in found)

    def rows(self):
        with open_ledger(self.folder / ".sweeper") as ledger:
            return list(ledger.trials(ledger.find_sweep("killed").id))

    def came_to(self):
        return [(row.number, row.params, str(row.state), row.reason, row.metric) for row in self.rows()]

    def proposed_again(self):
        """What a new search proposes for each trial, told what the ledger knew when the trial was begun."""
        sweep = parse(self.text, path="killed.yaml")
        search, known, rows = make(sweep), {}, {row.id: row for row in self.rows()}
        found = {}
        for trial, attempt, after in self.events():
            row = rows[trial]
            if trial not in known:  # one at a time: nothing else runs, and nothing waits in line
                assert all(one.state != "running" for one in known.values())
                found[row.number] = search.propose(len(known), [known[one] for one in sorted(known, key=place(rows))])
            open_still = after in LIVE or attempt < row.attempt
            then = replace(row, state=State.RUNNING, metric=None) if open_still else row
            known[trial] = told(row.number, [then])
        return found

    def events(self):
        with closing(sqlite3.connect(self.folder / ".sweeper" / "ledger.db")) as ledger:
            return ledger.execute("SELECT trial, attempt, after FROM events ORDER BY seq").fetchall()


def place(rows):
    return lambda trial: rows[trial].number


def wait_until(condition, launcher):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert launcher.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


FIVE = [(0, "begun"), (9, "reported"), (60, "ended"), (120, "begun"), (180, "reported")]


def hold_each_proposal(project):
    rows = project.rows()
    assert sorted(row.number for row in rows) == list(range(project.trials))
    assert project.proposed_again() == {row.number: row.params for row in rows}


@pytest.mark.parametrize(
    ("trials", "moments"),
    [
        pytest.param(20, [(3, "reported"), (13, "ended")], id="20 trials, killed twice"),
        pytest.param(
            200,
            FIVE,
            id="200 trials, killed five times",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_trials_that_run_to_their_end_are_those_of_a_sweep_that_nobody_disturbed(tmp_path, trials, moments):
    whole, killed = (Project(tmp_path / name, trials=trials) for name in ("whole", "killed"))
    whole.to_its_end()
    killed.killed_at(moments)
    killed.to_its_end()
    assert killed.came_to() == whole.came_to()
    hold_each_proposal(killed)


@pytest.mark.slow
def test_trials_that_are_stopped_early_each_follow_from_what_was_known(tmp_path):
    asha = "early_stopping: {rule: asha, max_steps: 27}\n"
    killed = Project(tmp_path / "killed", trials=200, epochs=27, more=asha)
    killed.killed_at(FIVE)
    killed.to_its_end()
    hold_each_proposal(killed)
    said = json.loads(re.sub(r"\s+", " ", status(killed)))
    assert said["states"]["succeeded"] == 200
    assert said["stopped_early"]["trials"] > 20


def status(project):
    command = [sys.executable, "-P", "-m", "sweeper", "status", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=project.folder, env=env, capture_output=True, text=True, check=True).stdout
