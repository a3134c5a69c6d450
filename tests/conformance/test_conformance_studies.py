"""The tuning services of both clouds, in front of an emulator that runs the trials for real, and the fake one."""

import contextlib
import dataclasses
import json

import pytest

from sweeper.backends.fake import Outcome
from sweeper.backends.protocol import Unavailable
from sweeper.clock import FakeClock
from sweeper.formats.study import Axis, Branch
from sweeper.model import Measurement, Observation, Range, Reason, State, Trainer
from sweeper.states import FINAL
from sweeper.studies.fake import FakeStudies, FakeTuning
from sweeper.studies.protocol import StudyJob
from sweeper.studies.registry import make
from tests.backends_cloud.cloud_bench import Bench, until
from tests.conformance.study_promises import AXES, SECRET, Promises, study
from tests.emulator.runner_lab import shared_environments, wheel

TASK = """
import json, os, signal, sys, urllib.request
argv, number = sys.argv[1:], int(os.environ["CLOUD_ML_TRIAL_ID"])
if "--job-dir" in argv[-2:]:
    folder = model = argv[-1]
else:
    model = os.environ["AIP_MODEL_DIR"].rstrip("/")
    folder = model.removesuffix("/model")

def put(address, text):
    bucket, _, name = address.removeprefix("gs://").partition("/")
    base = os.environ["STORAGE_EMULATOR_HOST"]
    url = f"{base}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name.replace('/', '%2F')}"
    headers = {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(url, data=text.encode(), headers=headers)).read()

def report(metric, value, step):
    row = {metric: str(value), "global_step": str(step), "timestamp": 1.0, "trial": "0"}
    with open(os.environ["CLOUD_ML_HP_METRIC_FILE"], "a") as file:
        file.write(json.dumps(row) + "\\n")

put(f"{folder}/argv.txt", json.dumps(argv))
print(f"hello from {number}", flush=True)
if argv[0] == "fail" and number > 1:
    raise ValueError("no good")
if argv[0] == "another":
    put(f"{model}/metrics.jsonl", json.dumps({"step": 1, "loss": 0.25}) + "\\n")
    report("loss", 0.25, 1)
elif argv[0] == "run" or (argv[0] == "slow" and number > 3):
    report("accuracy", 0.1, 1)
    while True:
        signal.pause()
else:
    report("accuracy", 0.75, 1)
    report("accuracy", 0.5, 2)
    put(f"{model}/metrics.jsonl", '{"step": 1, "accuracy": 0.75}\\n{"step": 2, "accuracy": 0.5, "loss": 0.25}\\n')
"""
MOMENTUM = Axis("momentum", Range(0.5, 0.9))


class CloudLab(Bench):
    """As ``study_promises`` has it."""

    most_calls = 110  # the tuning job, a listing of the bucket, and what a hundred trials have left there

    def __init__(self, emulator, name, folder):
        super().__init__(emulator, name, folder, package=wheel({"trainer/task.py": TASK}))
        # Vertex AI shows it only for as long as the trial obeys, which a look may miss.
        self.early = {Reason.STOPPED_EARLY, Reason.NONE} if name == "vertex" else {Reason.STOPPED_EARLY}
        branches = (Branch(("sgd",), MOMENTUM),) if name == "vertex" else ()
        self.axes = (*AXES[:-1], dataclasses.replace(AXES[-1], branches=branches))

    def surroundings(self, url=None):
        found = super().surroundings(url)
        return dataclasses.replace(found, environ={**found.environ, "MY_TOKEN": SECRET})

    def studies(self):
        given = {"staged": self.staged, "google": self.google(), "patience": self.patience}
        self.made.append(make(self.sweep, self.surroundings(), place=self.place, **given))
        return self.made[-1]

    def job(self, does, *, attempt=1, **asked):
        return StudyJob("sweep-1", attempt, study(**asked), (does,), self.sweep.trainer)

    def quick(self, trials):
        self.emulator.restart(simulate=0.01, slots=16)
        return self.job("report", trials=trials, parallel=16)

    def look(self, studies, handle):
        try:
            return studies.observe(handle)
        except Unavailable:
            return None

    def settle(self, studies, handle):
        def ended():
            found = self.look(studies, handle)
            return found if found is not None and found.state in FINAL else None

        return until(ended, seconds=60.0)

    def found(self, studies, job):
        def handle():
            try:
                return studies.create(job, again=True, find=True)
            except Unavailable:
                return None

        return until(handle)

    def until(self, studies, condition):
        return until(condition)

    @contextlib.contextmanager
    def unreachable(self):
        self.emulator.stop()
        yield
        self.emulator.start()

    def calls(self):
        return len([one for one in self.emulator.requests() if not one["path"].startswith("/_emulator")])

    def rows(self):
        """Every tuning job that the server has."""
        kind = "jobs" if self.name == "mlengine" else "locations/us-central1/hyperparameterTuningJobs"
        status, _, body = self.emulator.call("GET", f"/v1/projects/proj/{kind}?pageSize=100")
        assert status == 200
        return body.get("jobs", []) + body.get("hyperparameterTuningJobs", [])

    def tuning_jobs(self):
        return len(self.rows())

    def arrived(self, handle):
        prefix = "sweeps/s/sweep-1/trials/"
        _, _, body = self.emulator.call("GET", f"/storage/v1/b/bucket/o?prefix={prefix}")
        names = [one["name"] for one in body.get("items", []) if one["name"].endswith("/argv.txt")]
        return {int(name.removeprefix(prefix).split("/")[0]): json.loads(self.get(name)) for name in names}

    def get(self, name):
        status, _, body = self.emulator.call("GET", f"/storage/v1/b/bucket/o/{name.replace('/', '%2F')}?alt=media")
        assert status == 200
        return body if isinstance(body, (bytes, str)) else json.dumps(body)

    def left(self):
        return json.dumps(self.rows())


class TestCloud(Promises):
    @pytest.fixture(params=["mlengine", "vertex"])
    def lab(self, request, tmp_path, make_emulator):
        folder = tmp_path / "emulator"
        folder.mkdir()
        (folder / "environments").symlink_to(shared_environments())
        made = CloudLab(make_emulator(folder, slots=4), request.param, tmp_path)
        yield made
        made.close()


REPORTS = (Measurement("accuracy", 0.75, 1), Measurement("accuracy", 0.5, 2))
GOOD = Outcome(2.0, Observation(State.SUCCEEDED, measurements=REPORTS))
BAD = Outcome(2.0, Observation(State.FAILED, Reason.CODE, note="ValueError: no good"))
MUTE = Observation(State.FAILED, Reason.CODE, note="it has not reported accuracy")
OTHER = Outcome(2.0, dataclasses.replace(MUTE, measurements=(Measurement("loss", 0.25, 1),)))
EARLY = Observation(State.SUCCEEDED, Reason.STOPPED_EARLY, measurements=(Measurement("accuracy", 0.1, 1),))


def outcome(job, number):
    does = job.args[0]
    found = {"another": OTHER, "run": Outcome(1e9)}.get(does, GOOD)
    if does == "fail" and number > 1:
        found = BAD
    if does == "slow" and number > 3:
        found = Outcome(2.0, EARLY)
    return dataclasses.replace(found, output=(f"hello from {number}\n",))


class FakeLab:
    axes = AXES
    most_calls = 1

    def __init__(self):
        self.service = FakeTuning(FakeClock(), outcome)

    def studies(self):
        return FakeStudies(self.service)

    def job(self, does, *, attempt=1, **asked):
        return StudyJob("sweep-1", attempt, study(**asked), (does,), Trainer("task"))

    def quick(self, trials):
        return self.job("report", trials=trials, parallel=16)

    def look(self, studies, handle):
        return studies.observe(handle)

    def settle(self, studies, handle):
        while (seen := studies.observe(handle)).state not in FINAL:
            studies.wait(1.0)
        return seen

    def found(self, studies, job):
        return studies.create(job, again=True, find=True)

    def until(self, studies, condition):
        while not (found := condition()):
            studies.wait(0.5)
        return found

    @contextlib.contextmanager
    def unreachable(self):
        self.service.reachable = False
        yield
        self.service.reachable = True

    def calls(self):
        return self.service.calls

    def tuning_jobs(self):
        return len(self.service.studies)

    def arrived(self, handle):
        trials = self.service.progress(handle).trials
        job = self.service.studies[handle].job
        return {
            one.number: [*job.args, *(f"--{name}={spelt(value)}" for name, value in one.params.items())]
            for one in trials
        }

    def left(self):
        return repr(self.service)


def spelt(value):
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


class TestFake(Promises):
    @pytest.fixture
    def lab(self):
        return FakeLab()
