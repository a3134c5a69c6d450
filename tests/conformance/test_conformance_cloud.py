"""Both cloud backends keep the promises, against an emulator that runs the jobs for real."""

import contextlib
import dataclasses
import json

import pytest

from sweeper.model import Reason, State
from tests.backends_cloud.cloud_bench import Bench, settled, until
from tests.conformance.promises import FATES, Promises
from tests.emulator.runner_lab import shared_environments, wheel

TASK = """
import json, os, signal, sys, urllib.error, urllib.request
argv = sys.argv[1:]
if "--job-dir" in argv[-2:]:
    *argv, _, folder = argv
else:
    folder = os.environ["SWEEPER_JOB_DIR"]
bucket, _, name = folder.removeprefix("gs://").partition("/")
name = name.replace("/", "%2F") + "%2Fargv.txt"
base = os.environ["STORAGE_EMULATOR_HOST"]
try:
    before = urllib.request.urlopen(f"{base}/storage/v1/b/{bucket}/o/{name}?alt=media").read()
except urllib.error.HTTPError:
    before = b""
url = f"{base}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"
data = before + json.dumps(argv).encode() + b"\\n"
urllib.request.urlopen(urllib.request.Request(url, data=data, headers={"Content-Type": "text/plain"})).read()
print("hello", flush=True)
if argv[0] == "run":
    while True:
        signal.pause()
if argv[0] == "signal":
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(int(argv[0][-1]))
"""


class CloudLab(Bench):
    """As ``promises`` has it."""

    fates = FATES | {
        "signal": (State.FAILED, Reason.OOM, -9),  # 137 is what the kernel leaves of a program that took its memory
        "missing": (State.FAILED, Reason.CODE, 1),  # the module is looked for by the service's own Python
    }
    most_calls = 14  # twelve for states, and what was left by the job that has ended
    at_once = 1  # handles that no listing shows are asked for one by one, some in each round

    def __init__(self, emulator, name, folder):
        super().__init__(emulator, name, folder, package=wheel({"trainer/task.py": TASK}))
        self.blocker = None

    def backend(self, *, full=False):
        if full:  # the only machine is taken
            self.emulator.restart(slots=1)
            self.blocker = super().backend()
            self.blocking = self.blocker.submit(self.job("blocker", "run"))
            until(lambda: self.arrived(self.blocking))
        elif self.blocker:
            self.blocker.cancel(self.blocking, Reason.USER)
            self.blocker = None
        return super().backend(parallel=4)

    def job(self, name, does, *args, **more):
        job = super().job(name, does, *args, **more)
        if does == "missing":
            job = dataclasses.replace(job, trainer=dataclasses.replace(job.trainer, module="trainer.nowhere"))
        return job

    def settle(self, backend, *handles):
        return settled(backend, *handles)

    def until(self, backend, condition):
        until(condition)

    def arrived(self, handle):
        name = handle.rpartition("/")[2]
        [row] = [row for row in self.rows() if row.get("jobId", row.get("name", "")).rpartition("/")[2] == name]
        path = f"sweeps/s/sweep-1/trials/{row['labels']['sweeper-trial']}/argv.txt".replace("/", "%2F")
        status, _, body = self.emulator.call("GET", f"/storage/v1/b/bucket/o/{path}?alt=media")
        return [json.loads(line) for line in body.decode().splitlines()] if status == 200 else []

    @contextlib.contextmanager
    def unreachable(self):
        self.emulator.stop()
        yield
        self.emulator.start()

    def calls(self):
        return len([one for one in self.emulator.requests() if not one["path"].startswith("/_emulator")])

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
