"""Studies whose trials are real processes: told to stop before their time, or without a machine in the midst of it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import count

import pytest
from job_server import job_server
from runner_lab import wheel
from tuning_lab import LR, PLACE, PROJECT, fill_bucket, ml_tuning, until, vertex_tuning

from sweeper.emulator.faults import Faults, parse
from sweeper.emulator.jobs.lifecycle import RESTARTS
from sweeper.emulator.tuning import table
from sweeper.emulator.tuning.trial import Measurement, TrialState

TASK = """
import json, os, signal, sys
number, marks = int(os.environ["CLOUD_ML_TRIAL_ID"]), sys.argv[1]

def mark(name):
    with open(f"{marks}/{name}-{number}", "a") as file:
        file.write("x")

def report(step, value):
    row = {"accuracy": str(value), "global_step": str(step), "timestamp": 1.0, "trial": "0"}
    with open(os.environ["CLOUD_ML_HP_METRIC_FILE"], "a") as file:
        file.write(json.dumps(row) + "\\n")

if sys.argv[2] == "slow" and number > 3:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # it is told to end, and takes its time
    for step in range(1, 10_000):
        report(step, 0.01 * step / 10_000)
        if signal.sigtimedwait({signal.SIGTERM}, 0.2):
            mark("told")
            signal.pause()
for step in (1, 2):
    report(step, 0.5 * step)
"""


class Lab:
    """An emulator with a study's package in its bucket, and either service in front of it."""

    def __init__(self, server, service, folder):
        self.server, self.service, self.folder = server, service, folder
        self.marks = folder / "marks"
        self.marks.mkdir()
        self.name = ""
        fill_bucket(server, wheel({"trainer/task.py": TASK}))

    def create(self, does, *, study=None, scheduling=None, **asked):
        """A study of one parameter; ``study``, ``scheduling`` and ``asked`` are in the service's words."""
        args = [str(self.marks), does]
        if self.service == "mlengine":
            body = ml_tuning(params=[LR], training={"args": args}, algorithm="RANDOM_SEARCH", **asked)
            status, made = self.server.send("POST", f"/v1/{PROJECT}/jobs", body)
            self.name = f"{PROJECT}/jobs/{made.get('jobId')}"
        else:
            body = vertex_tuning(study=study, **asked)
            body["studySpec"]["parameters"] = body["studySpec"]["parameters"][:1]
            body["trialJobSpec"]["workerPoolSpecs"][0]["pythonPackageSpec"]["args"] = args
            body["trialJobSpec"] |= {"scheduling": scheduling} if scheduling else {}
            status, made = self.server.send("POST", f"/v1/{PLACE}/hyperparameterTuningJobs", body)
            self.name = made.get("name")
        assert status == 200, made

    def get(self):
        return self.server.send("GET", f"/v1/{self.name}")[1]

    def trials(self):
        """Each as its service shows it, by its number."""
        job = self.get()
        shown = job.get("trials", job.get("trainingOutput", {}).get("trials", []))
        return {int(one.get("id", one.get("trialId"))): one for one in shown}

    def end(self):
        return until(lambda: job if "endTime" in (job := self.get()) else None)

    def restarts(self):
        """How often the job of each trial has begun again."""
        query = "SELECT restarts FROM jobs WHERE job_id LIKE 'tune_1-%' OR collection LIKE '%/customJobs' ORDER BY seq"
        with closing(sqlite3.connect(self.folder / "emulator" / "emulator.db")) as db:
            return [restarts for (restarts,) in db.execute(query)]


@pytest.fixture
def lab(tmp_path, request):
    with job_server(tmp_path / "emulator", simulate=None, clock="real") as server:
        yield Lab(server, request.param, tmp_path)


SERVICES = pytest.mark.parametrize("lab", ["mlengine", "vertex"], indirect=True)
EARLY = {
    "mlengine": {"enableTrialEarlyStopping": True, "maxTrials": 4, "maxParallelTrials": 3},
    "vertex": {"study": {"medianAutomatedStoppingSpec": {}}, "maxTrialCount": 4, "parallelTrialCount": 3},
}


@SERVICES
def test_a_trial_with_a_bad_curve_is_told_to_stop_and_counts(lab):
    lab.create("slow", **EARLY[lab.service])
    until(lambda: (lab.marks / "told-4").exists())
    stopping = lab.trials()[4]
    assert stopping["state"] == {"mlengine": "CANCELLING", "vertex": "STOPPING"}[lab.service]
    assert "endTime" not in stopping
    assert "isTrialStoppedEarly" not in stopping

    job = lab.end()
    assert job["state"].removeprefix("JOB_STATE_") == "SUCCEEDED"
    trials = lab.trials()
    assert {number: one["state"] for number, one in trials.items()} == dict.fromkeys((1, 2, 3, 4), "SUCCEEDED")
    last = trials[4]
    if lab.service == "mlengine":
        assert [number for number, one in trials.items() if one.get("isTrialStoppedEarly")] == [4]
        assert 0 < last["finalMetric"]["objectiveValue"] < 0.01
        assert job["trainingOutput"]["completedTrialCount"] == "4"
    else:
        assert last["finalMeasurement"] == last["measurements"][-1]
        assert 0 < last["finalMeasurement"]["metrics"][0]["value"] < 0.01
        child = lab.server.send("GET", f"/v1/{last['customJob']}")[1]
        assert child["state"] == "JOB_STATE_CANCELLED"
    assert last["endTime"] >= last["startTime"]


LOST = {
    "mlengine": {"maxTrials": 2, "maxParallelTrials": 1},
    "vertex": {"maxTrialCount": 2, "parallelTrialCount": 1, "scheduling": {"restartJobOnWorkerRestart": True}},
}


@SERVICES
def test_a_trial_whose_machine_is_lost_begins_again_as_a_job_does(lab):
    lab.server.faults("*.job:preempt=1")
    lab.create("report", **LOST[lab.service])
    lab.server.faults("")  # what befalls the first trial is decided by now
    job = lab.end()

    assert job["state"].removeprefix("JOB_STATE_") == "SUCCEEDED"
    assert {number: one["state"] for number, one in lab.trials().items()} == {1: "SUCCEEDED", 2: "SUCCEEDED"}
    assert lab.restarts() == [1, 0]


@SERVICES
def test_a_trial_whose_machine_is_lost_for_good_has_failed_and_the_study_goes_on(lab):
    """Vertex AI starts a job anew only where it is asked to; ML Engine does, but not for ever."""
    asked = {**LOST[lab.service]}
    if lab.service == "vertex":
        del asked["scheduling"]
        lab.server.faults("*.job:preempt=1")
        lab.create("report", **asked)
        lab.server.faults("")
    else:
        lab.server.faults("*.job:preempt=0.5", seed=one_that_loses_the_first())
        lab.create("report", **asked)
    job = lab.end()

    assert job["state"].removeprefix("JOB_STATE_") == "SUCCEEDED"
    first, second = (lab.trials()[number] for number in (1, 2))
    assert second["state"] == "SUCCEEDED"
    assert first["state"] == {"mlengine": "FAILED", "vertex": "INFEASIBLE"}[lab.service]
    assert "preempted" in first.get("infeasibleReason", "preempted")
    assert lab.restarts() == [0 if lab.service == "vertex" else RESTARTS, 0]


def one_that_loses_the_first():
    """A seed with which the first trial loses each of its machines, and the second none."""
    trial = f"{PROJECT}/trials/tune_1"
    lost = [f"{trial}-1", *(f"{trial}-1 after {n}" for n in range(1, RESTARTS + 1))]
    rules = parse("*.job:preempt=0.5")
    fates = (Faults(rules, seed=seed) for seed in count())
    return next(one.seed for one in fates if all(map(one.job_fault, lost)) and not one.job_fault(f"{trial}-2"))


def test_a_trial_that_was_to_be_told_to_stop_when_the_emulator_was_killed_is_told_in_its_next_life(tmp_path):
    with job_server(tmp_path) as server:
        Lab(server, "mlengine", tmp_path).create("report", enableTrialEarlyStopping=True)
        server.pass_time()
    with closing(sqlite3.connect(tmp_path / "emulator.db")) as db:
        (trial,) = table.of_study(db, f"{PROJECT}/jobs/tune_1")
        measured = (Measurement(1, 1.0, {"accuracy": 0.25}),)
        table.put(db, replace(trial, state=TrialState.STOPPING, measurements=measured))
    with job_server(tmp_path) as server:
        server.pass_time()
        server.pass_time()
        first, second = server.ml.get(name=f"{PROJECT}/jobs/tune_1").execute()["trainingOutput"]["trials"]
        assert (first["state"], first["isTrialStoppedEarly"]) == ("SUCCEEDED", True)
        assert first["finalMetric"]["objectiveValue"] == 0.25
        assert second["state"] == "RUNNING"
