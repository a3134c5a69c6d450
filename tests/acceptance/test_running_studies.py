"""What befalls a study while it runs, seen from the laptop: trials stopped early, machines lost, the service killed."""

import contextlib
import json
import signal
import sqlite3
from collections import Counter

import pytest

from sweeper.emulator.ml.service import TRIAL
from tests.acceptance.cloud_lab import Laptop, get, machine, no_more_faults, until

TRAINER = '''"""A trainer that says when it begins, runs alone, and waits where it is told to.

Usage:
  task --rate=<x> --marks=<dir> [--job-dir=<dir>]

Options:
  --rate=<x>       A number.
  --marks=<dir>    A folder of this machine.
  --job-dir=<dir>  Not used.
"""
import fcntl, json, os, select, signal

from docopt import docopt

options = docopt(__doc__)
number, marks = int(os.environ["CLOUD_ML_TRIAL_ID"]), options["--marks"]

def mark(name):
    with open(f"{marks}/{name}-{number}", "a") as file:
        file.write("x")

def report(step, value):
    row = {"accuracy": str(value), "global_step": str(step), "timestamp": 0.0, "trial": "0", "checkpoint_path": ""}
    with open(os.environ["CLOUD_ML_HP_METRIC_FILE"], "a") as file:
        file.write(json.dumps(row) + "\\n")

alone = open(f"{marks}/alone-{number}", "w")
try:
    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    mark("twice")
mark("begun")
if os.path.exists(f"{marks}/slow") and number > 3:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    for step in range(1, 10_000):
        report(step, 0.01 + step / 1_000_000)
        if signal.sigtimedwait({signal.SIGTERM}, 0.2):
            signal.pause()  # it takes its time to obey
report(1, 0.5)
while os.path.exists(f"{marks}/wait-{number}"):
    select.select((), (), (), 0.02)
report(2, number / 10)
'''
CONFIG = """
name: tiny
trainer: {{module: tiny.task, requires: []}}
method: service
algorithm: random
trials: {trials}
metric: {{name: accuracy, from: hypertune}}
parameters:
  rate: {{min: 0.001, max: 0.1}}
  marks: {marks}
limits: {{parallel: {parallel}}}
{more}
"""
PATHS = {
    "mlengine": "projects/emulator/jobs",
    "vertex": "projects/emulator/locations/us-central1/hyperparameterTuningJobs",
}


BACKENDS = pytest.mark.parametrize("backend", list(PATHS))


class Desk(Laptop):
    """A laptop whose trials leave marks in a folder."""

    def __init__(self, folder, url, backend, *, trials=4, parallel=2, more=""):
        super().__init__(folder, url, backend=backend, trials=1)
        self.marks = folder.parent / "marks"
        self.marks.mkdir(exist_ok=True)
        (folder / "tiny" / "task.py").write_text(TRAINER)
        words = {"trials": trials, "parallel": parallel, "more": more, "marks": self.marks}
        (folder / "sweep.yaml").write_text(CONFIG.format(**words))

    def let_wait(self, *numbers):
        for number in numbers:
            (self.marks / f"wait-{number}").touch()

    def go_on(self):
        for path in self.marks.glob("wait-*"):
            path.unlink()

    def begun(self, number):
        """How often the trial's program has begun."""
        path = self.marks / f"begun-{number}"
        return len(path.read_text()) if path.exists() else 0

    def tuning_jobs(self):
        return get(f"{self.url}/v1/{PATHS[self.backend]}").get(PATHS[self.backend].rpartition("/")[2], [])

    def children(self, server):
        """How many jobs there are that run trials, by their trial's number."""
        query = "SELECT body FROM jobs WHERE collection LIKE '%/trials' OR collection LIKE '%/customJobs'"
        with contextlib.closing(sqlite3.connect(server.folder / "data" / "emulator.db")) as db:
            bodies = [json.loads(body) for (body,) in db.execute(query)]
        return Counter(int(body[TRIAL]["id"]) for body in bodies)


@pytest.mark.parametrize("backend", ["mlengine", pytest.param("vertex", marks=pytest.mark.slow)])
def test_a_trial_that_the_service_stops_early_is_ranked_and_marked(tmp_path, backend):
    with machine(tmp_path / "emulator", "--provisioning=0") as server:
        here = Desk(tmp_path / "here", server.url, backend, parallel=3, more="early_stopping: service")
        (here.marks / "slow").touch()
        assert here.launch().wait(120) == 0, here.said.read_text()
        rows = {row["trial"]: row for row in here.results()}
        assert {trial: row["state"] for trial, row in rows.items()} == dict.fromkeys("1234", "succeeded")
        assert {trial: row["reason"] for trial, row in rows.items()} == {
            **dict.fromkeys("123", ""),
            "4": "stopped_early",
        }
        assert 0 < rows["4"]["metric"] < 0.05
        assert rows["4"]["rank"] == 4
        shown = here.run("results").stdout
        assert shown.count("stopped early") == 1, shown


@pytest.mark.parametrize("backend", ["mlengine", pytest.param("vertex", marks=pytest.mark.slow)])
def test_a_study_whose_service_is_killed_goes_on_and_so_does_its_launch(tmp_path, backend):
    with machine(tmp_path / "emulator", "--provisioning=0") as server:
        here = Desk(tmp_path / "here", server.url, backend)
        here.let_wait(3, 4)
        launch = here.launch()
        until(lambda: here.begun(3) or launch.poll() is not None)
        server.end(signal.SIGKILL)
        server.start()
        until(lambda: here.begun(3) > 1 or launch.poll() is not None)
        here.go_on()
        assert launch.wait(120) == 0, here.said.read_text()
        assert {row["trial"]: row["state"] for row in here.results()} == dict.fromkeys("1234", "succeeded")
        assert {row["trial"]: row["metric"] for row in here.results()} == {"1": 0.1, "2": 0.2, "3": 0.3, "4": 0.4}
        assert len(here.tuning_jobs()) == 1
        assert here.children(server) == {1: 1, 2: 1, 3: 1, 4: 1}
        assert not list(here.marks.glob("twice-*"))
        assert here.begun(1) == 1


@pytest.mark.slow
@BACKENDS
def test_a_service_and_a_launch_that_are_killed_again_and_again_come_to_one_study(tmp_path, backend):
    with machine(tmp_path / "emulator", "--provisioning=0") as server:
        here = Desk(tmp_path / "here", server.url, backend, trials=6)
        here.let_wait(*range(1, 7))
        for number in range(1, 6):
            launch = here.launch()
            until(lambda number=number, launch=launch: here.begun(number) or launch.poll() is not None)
            launch.kill()
            launch.wait()
            server.end(signal.SIGKILL)
            server.start()
            (here.marks / f"wait-{number}").unlink()
        here.go_on()
        elsewhere = Desk(tmp_path / "elsewhere", server.url, backend, trials=6)
        done = elsewhere.run("attach", "tiny", f"--backend={backend}")
        assert done.returncode == 0, done.stderr
        for desk in (here, elsewhere):
            assert desk.launch().wait(240) == 0, desk.said.read_text()
        wanted = {str(number): ("succeeded", number / 10) for number in range(1, 7)}
        for desk in (here, elsewhere):
            assert {row["trial"]: (row["state"], row["metric"]) for row in desk.results()} == wanted
        assert len(here.tuning_jobs()) == 1
        assert here.children(server) == dict.fromkeys(range(1, 7), 1)
        assert not list(here.marks.glob("twice-*"))


@pytest.mark.slow
def test_a_trial_that_lost_its_machine_for_good_says_so_and_the_others_are_ranked(tmp_path):
    with machine(tmp_path / "emulator", "--provisioning=0", "--faults=*.job:preempt=1") as server:
        here = Desk(tmp_path / "here", server.url, "vertex", trials=3, parallel=1)
        launch = here.launch()
        until(lambda: here.tuning_jobs() or launch.poll() is not None)
        no_more_faults(server.url)  # what befalls the first trial is decided by now
        launch.wait(120)
        rows = {row["trial"]: row for row in here.results()}
        told = {trial: (row["state"], row["reason"]) for trial, row in rows.items()}
        assert told == {"1": ("failed", "preempted"), "2": ("succeeded", ""), "3": ("succeeded", "")}
        assert "preempted" in rows["1"]["note"]
        assert len(here.tuning_jobs()) == 1
        assert launch.returncode == 1, here.said.read_text()
