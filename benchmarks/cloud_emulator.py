"""10,000 jobs on the emulator's fake clock: what one costs in time and memory, in the first thousand and in the last.

Created straight through the API by eight callers, then run to their end by advancing the clock. The floor is a request
that does nothing (``/_emulator/health``) by the same callers; no other server of these APIs could be a peer.
Also the memory that ``sweeper launch --detach`` needs at most for so many trials. Prints one JSON line: milliseconds
per job, megabytes, kilobytes per job; ``ratio`` is the time of the last three thousand to the first three's.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks._cloud import Laptop, emulator, load, resident

THREADS = 8
STEP = 1000
OPTIONS = ("--simulate=60", "--clock=fake", "--slots=100000")
PATHS = {
    "vertex": "/v1/projects/proj/locations/us-central1/customJobs",
    "mlengine": "/v1/projects/proj/jobs",
}


def main() -> None:
    """Both services, then the launcher."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jobs", type=int, default=10_000)
    options.add_argument("--backends", nargs="+", default=["vertex", "mlengine"])
    given = options.parse_args()
    line: dict[str, Any] = {"benchmark": "cloud_emulator", "jobs": given.jobs, "load_before": load()}
    for backend in given.backends:
        with tempfile.TemporaryDirectory() as name:
            line[backend] = measure(Path(name), backend, given.jobs)
    with tempfile.TemporaryDirectory() as name:
        line["launcher_peak_mb"] = launches(Path(name), (100, 1000, given.jobs))
    print(json.dumps(line))


def measure(folder: Path, backend: str, jobs: int) -> dict[str, Any]:
    """A thousand at a time: create, then let them end."""
    created, ended, memory = [], [], []
    with emulator(folder, *OPTIONS) as server:
        callers = Callers(server.url)
        callers.all("POST", "/storage/v1/b?project=proj", [{"name": "bucket"}])
        floor = timed(lambda: callers.all("GET", "/_emulator/health", [None] * STEP))
        empty = resident(server.pid)
        for first in range(0, jobs, STEP):
            bodies = [body(backend, first + n) for n in range(STEP)]
            created.append(timed(lambda bodies=bodies: callers.all("POST", PATHS[backend], bodies)))
            ended.append(timed(lambda: server.advance(61)))
            memory.append(resident(server.pid))
        last = callers.page(f"{PATHS[backend]}?pageSize=100")
        check(last)
    whole = [a + b for a, b in zip(created, ended, strict=True)]
    return {
        "floor_ms": round(floor, 2),
        "create_ms_first": round(created[0], 2),
        "create_ms_last": round(created[-1], 2),
        "end_ms_first": round(ended[0], 2),
        "end_ms_last": round(ended[-1], 2),
        "ratio": round(statistics.median(whole[-3:]) / statistics.median(whole[:3]), 2),
        "mb_empty": empty,
        "mb_after_1000": memory[0],
        "mb_after_all": memory[-1],
        "kb_a_job": round((memory[-1] - memory[0]) * 1024 / max(1, jobs - STEP), 2),
    }


def timed(act: Any) -> float:
    """Milliseconds for each of a thousand."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) / STEP * 1000


class Callers:
    """Bare connections, one a thread: nothing of the client library's own time."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(THREADS)

    def all(self, method: str, path: str, bodies: list[dict[str, Any] | None]) -> None:
        """One request for each body."""
        list(self._threads.map(lambda one: self._ask(method, path, one), bodies))

    def page(self, path: str) -> dict[str, Any]:
        """What is there."""
        found: dict[str, Any] = json.loads(self._ask("GET", path, None))
        return found

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> bytes:
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(self._address)
        connection: http.client.HTTPConnection = self._own.connection
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status} {found!r}")
        return found


def body(backend: str, number: int) -> dict[str, Any]:
    """A job as sweeper would ask for it."""
    labels = {"sweeper-sweep": "bench-1", "sweeper-trial": f"{number:016x}", "sweeper-attempt": "1"}
    folder = f"gs://bucket/bench/trials/{number:016x}"
    program = {"packageUris": ["gs://bucket/p.tar.gz"], "pythonModule": "tiny.task", "args": [f"--x={number}"]}
    if backend == "mlengine":
        run = {"region": "us-central1", "scaleTier": "BASIC", "runtimeVersion": "2.11", "pythonVersion": "3.7"}
        training = {**program, **run, "jobDir": folder}
        return {"jobId": f"bench_{number}", "labels": labels, "trainingInput": training}
    pool = {
        "machineSpec": {"machineType": "n1-standard-4"},
        "replicaCount": "1",
        "pythonPackageSpec": {**program, "executorImageUri": "us-docker.pkg.dev/vertex-ai/training/x:latest"},
    }
    spec = {"workerPoolSpecs": [pool], "baseOutputDirectory": {"outputUriPrefix": folder}}
    return {"displayName": f"bench-{number}", "labels": labels, "jobSpec": spec}


def check(page: dict[str, Any]) -> None:
    """The newest hundred have ended well."""
    found = page.get("customJobs") or page.get("jobs") or []
    if len(found) != 100 or any(not job["state"].endswith("SUCCEEDED") for job in found):
        raise SystemExit("the jobs did not end as they should")


def launches(folder: Path, sizes: tuple[int, ...]) -> dict[str, float]:
    """The launcher's memory at its highest, by the number of trials that it hands over."""
    with emulator(folder / "server", "--simulate=100000", "--slots=100000") as server:
        laptop = Laptop(folder, server.url)
        found = {}
        for size in sizes:
            laptop.config(f"sweep{size}", "vertex", trials=size)
            found[str(size)] = laptop.peak(f"sweep{size}", "vertex")
    return found


if __name__ == "__main__":
    main()
