"""Requests of a polling round for 1,000 live jobs, also in a project with 20,000 other ones, and what a change costs.

Counted by the server's books. The floor is the pages that 1,000 jobs fill, 100 in each; the peer asks for each job, as
a script would that knows only ``get``. Prints one JSON line: requests for states in a round (of the process that made
the jobs, of one that knows only their handles, and of each round of 50 in which nothing happens, at most), and requests
to storage in a round after so many trials have written something. ``ratio`` is the first to the floor.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks._cloud import LIFTED, Books, Server, emulator, load, post
from sweeper.backends.cloud.backend import CloudBackend
from sweeper.backends.cloud.make import make
from sweeper.backends.cloud.patience import EMULATOR
from sweeper.backends.cloud.staged import Staged
from sweeper.emulator.jobs import projects, table
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.state import State as Store
from sweeper.google.place import Place
from sweeper.model import CloudSettings, Job, Space, State, Sweep, Trainer
from sweeper.surroundings import Surroundings

STATES = ("ml.list", "ml.get", "custom.list", "custom.get")
CHANGES = (0, 1, 10, 100, 1000)
ROUNDS = 50
PAGE = 100
ALWAYS = dataclasses.replace(EMULATOR, first=0.0, longest=0.0, request=0.0, young=0.0, metrics=0.0, list_lag=0.0)
"""Each call is a round."""
PLACE = Place("proj", "us-central1", "bucket", "sweeps")
FOLDER = "gs://bucket/sweeps/s/sweep-1"


def main() -> None:
    """Both services, without and with a past."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--live", type=int, default=1000)
    options.add_argument("--past", type=int, default=20_000)
    given = options.parse_args()
    line: dict[str, Any] = {"benchmark": "cloud_poll", "live": given.live, "floor": -(-given.live // PAGE)}
    line |= {"peer": given.live, "load_before": load()}
    for backend in ("vertex", "mlengine"):
        for past in (0, given.past):
            with tempfile.TemporaryDirectory() as name:
                found = measure(Path(name), backend, live=given.live, past=past)
                line[f"{backend}_past_{past}"] = found | {"ratio": found["later_process"] / line["floor"]}
    print(json.dumps(line))


def measure(folder: Path, name: str, *, live: int, past: int) -> dict[str, Any]:
    """One service, one past."""
    remember(folder / "server" / "data", name, past)
    with emulator(folder / "server", "--simulate=100000", "--clock=fake", "--slots=100000") as server:
        post(f"{server.url}/storage/v1/b?project=proj", {"name": "bucket"})
        with closing(backend(folder, server, name)) as ours, closing(backend(folder, server, name)) as later:
            with ThreadPoolExecutor(32) as threads:
                jobs = [Job("sweep-1", f"{n:016x}", 1, (f"--x={n}",), Trainer("tiny.task")) for n in range(live)]
                handles = list(threads.map(ours.submit, jobs))
            wait_until_all_run(ours, handles)
            return {
                "same_process": look(server, ours, handles)[0],
                "later_process": look(server, later, handles)[0],
                "most_of_50_rounds": max(look(server, ours, handles)[0] for _ in range(ROUNDS)),
                "seconds_a_round": look(server, ours, handles)[2],
                "storage_after_changes": changes(server, ours, handles, jobs),
            }


def backend(folder: Path, server: Server, name: str) -> CloudBackend:
    """As a launcher makes it, but that each look is a round."""
    settings = {name: CloudSettings(creates_per_minute=LIFTED)}
    sweep = Sweep("s", Trainer("tiny.task"), space=Space(()), backend=name, clouds=settings)
    environ = {"SWEEPER_ENDPOINT": server.url}
    here = Surroundings(folder, environ, folder / ".sweeper", "python", lambda text: None, lambda text: None)
    staged = Staged(FOLDER, "gs://bucket/package.tar.gz", "d" * 64)
    return make(sweep, here, place=PLACE, staged=staged, patience=ALWAYS)


def look(server: Server, ours: CloudBackend, handles: list[str]) -> tuple[int, int, float]:
    """One round: requests for states, requests to storage, seconds."""
    books = Books(server.url).from_now()
    began = time.perf_counter()
    seen = ours.observe(handles)
    took = time.perf_counter() - began
    if len(seen) != len(handles):
        raise SystemExit(f"{len(handles)} jobs, {len(seen)} seen")
    parts = [row["part"] for row in books.rows("*")]
    return sum(part in STATES for part in parts), sum(part.startswith("storage.") for part in parts), round(took, 3)


def wait_until_all_run(ours: CloudBackend, handles: list[str]) -> None:
    """Until the service says so of each."""
    deadline = time.monotonic() + 60
    while any(one.state is not State.RUNNING for one in ours.observe(handles).values()):
        if time.monotonic() > deadline:
            raise SystemExit("the jobs do not run")


def changes(server: Server, ours: CloudBackend, handles: list[str], jobs: list[Job]) -> dict[str, int]:
    """Requests to storage in the round after so many trials have written a metric."""
    for job in jobs:
        write(server, job, 0)
    look(server, ours, handles)
    found = {}
    for step, count in enumerate(CHANGES, 1):
        for job in jobs[:count]:
            write(server, job, step)
        found[str(min(count, len(jobs)))] = look(server, ours, handles)[1]
    return found


def write(server: Server, job: Job, step: int) -> None:
    """The trial's metric up to that step."""
    text = "".join(json.dumps({"step": n, "accuracy": 0.5}) + "\n" for n in range(step + 1))
    name = quote(f"sweeps/s/sweep-1/trials/{job.trial_id}/metrics.jsonl", safe="")
    url = f"{server.url}/upload/storage/v1/b/bucket/o?uploadType=media&name={name}"
    request = urllib.request.Request(url, text.encode(), {"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def remember(folder: Path, name: str, past: int) -> None:
    """A project whose other jobs have ended, written into the emulator's own store before it starts."""
    number = projects.number_of(PLACE.project)
    places = {
        "mlengine": f"projects/{PLACE.project}/jobs",
        "vertex": f"projects/{number}/locations/us-central1/customJobs",
    }
    body: dict[str, Any] = {"trainingInput": {"region": "us-central1", "scaleTier": "BASIC"}}
    if name == "vertex":
        body = {"jobSpec": {"workerPoolSpecs": [{"containerSpec": {"imageUri": "gcr.io/p/i"}, "replicaCount": "1"}]}}
    with closing(Store(folder, standing=True)) as store:
        store.db.executescript(table.TABLES + projects.TABLE)
        made = int(store.now() * 1e6) - 10**12
        with store.db:
            for n in range(past):
                labels = {"sweeper-sweep": f"other-{n // 500}", "sweeper-trial": f"{n:016x}", "sweeper-attempt": "1"}
                job_id = f"{10**18 + n}" if name == "vertex" else f"other_{n}"
                one = Record(places[name], job_id, body, made + n, made + n, display=f"other-{n}", labels=labels)
                done = dataclasses.replace(one, phase=Phase.SUCCEEDED, started=made + n, ended=made + n)
                table.add(store.db, done)


if __name__ == "__main__":
    main()
