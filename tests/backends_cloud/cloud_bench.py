"""Cloud backends in front of an emulator: places, staged programs, and waiting with a deadline."""

import dataclasses
import time
from pathlib import Path

from sweeper.backends.cloud.make import make
from sweeper.backends.cloud.patience import EMULATOR
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.protocol import Unavailable
from sweeper.google.client import make_google
from sweeper.google.patience import Patience
from sweeper.google.place import Place
from sweeper.model import CloudSettings, Job, Metric, Sweep, Trainer
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings

PACKAGE = "packages/trainer-0.1-py3-none-any.whl"
DIGEST = "d" * 64
HURRY = dataclasses.replace(
    EMULATOR, first=0.0, longest=0.05, request=0.0, young=0.0, metrics=0.0, unreachable=0.0, list_lag=0.3, looks=0.02
)
"""For tests: every call of ``observe`` is a round."""
QUICK = Patience(first=0.01, longest=0.05)


class Bench:
    """Backends of one service, a bucket, and what they said."""

    def __init__(self, emulator, name, folder=Path("/nowhere"), *, package=None, **sweep):
        self.emulator = emulator
        self.name = name
        self.said = []
        self.folder = folder
        self.place = Place("proj", "us-central1", "bucket", "sweeps")
        settings = sweep.pop("settings", CloudSettings(creates_per_minute=100_000))
        sweep.setdefault("metric", Metric())
        self.sweep = Sweep("s", Trainer("trainer.task"), space=None, backend=name, clouds={name: settings}, **sweep)
        self.patience = HURRY
        self.made = []
        emulator.make_bucket("bucket")
        self.staged = Staged("gs://bucket/sweeps/s/sweep-1", f"gs://bucket/{PACKAGE}", DIGEST)
        if package is not None:
            self.put(PACKAGE, package)

    def google(self, url=None):
        return make_google(self.surroundings(url), patience=QUICK)

    def surroundings(self, url=None):
        environ = {"SWEEPER_ENDPOINT": url or self.emulator.url}
        quiet = self.folder / ".sweeper"
        return Surroundings(self.folder, environ, quiet, "python", self.said.append, lambda text: None)

    def backend(self, *, url=None, **more):
        given = {"parallel": None, "staged": self.staged, "patience": self.patience, **more}
        found = make(self.sweep, self.surroundings(url), place=self.place, google=self.google(url), **given)
        self.made.append(found)
        return found

    def close(self):
        for one in self.made:
            one.close()

    def job(self, name, *args, attempt=1, **more):
        return Job("sweep-1", name, attempt, args, self.sweep.trainer, **more)

    def put(self, name, data):
        """An object in the bucket."""
        status, _, _ = self.emulator.call(
            "POST",
            f"/upload/storage/v1/b/bucket/o?uploadType=media&name={name}",
            data,
            {"Content-Type": "application/octet-stream"},
        )
        assert status == 200

    def rows(self):
        """Every job that the server has."""
        path = (
            "v1/projects/proj/jobs" if self.name == "mlengine" else "v1/projects/proj/locations/us-central1/customJobs"
        )
        status, _, body = self.emulator.call("GET", f"/{path}?pageSize=100")
        assert status == 200
        return body.get("jobs", []) + body.get("customJobs", [])

    def requests(self, part, since=0):
        return self.emulator.requests(part=part, since=since)

    def last_request(self):
        return max((one["id"] for one in self.emulator.requests()), default=0)


def submitted(backend, job, *, seconds=20.0):
    """As the driver does it: try again for as long as the backend says so."""
    again = False

    def handle():
        nonlocal again
        try:
            return backend.submit(job, again=again)
        except Unavailable:
            again = True
            return None

    return until(handle, seconds=seconds)


def seen(backend, handles):
    try:
        return backend.observe(handles)
    except Unavailable:
        return {}


def settled(backend, *handles, seconds=60.0):
    """The observations once all have ended."""
    ended = {}

    def all_ended():
        left = [handle for handle in dict.fromkeys(handles) if handle not in ended]
        found = seen(backend, left)
        ended.update({handle: one for handle, one in found.items() if one.state in FINAL})
        return len(ended) == len(set(handles))

    until(all_ended, seconds=seconds)
    return [ended[handle] for handle in handles]


def until(condition, *, seconds=30.0, wait=0.01):
    """What the condition returns once it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(wait)
    return found
