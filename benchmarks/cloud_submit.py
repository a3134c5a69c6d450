"""1,000 trials through a server that takes 100 ms a call: `sweeper launch --detach` against the client library alone.

The floor is what 32 callers can have at that latency: 320 a second. The peer is google-api-python-client on 32 threads,
an Http each, sending the same bodies to the same server (``_cloud_peer.py``). Both are timed by the server's books,
from the arrival of the first create to the last answer, in turn in each round. Prints one JSON line: creates a second,
and the median of the rounds' ratios; ``whole_s`` is the whole command from start-up to the end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks._cloud import CREATES, Books, Laptop, emulator, get, load, span

PEER = Path(__file__).with_name("_cloud_peer.py")
SENT = {"mlengine": ("jobId", "trainingInput", "labels"), "vertex": ("displayName", "labels", "jobSpec")}
LATENCY = 0.1
THREADS = 32


def main() -> None:
    """Both services in turn, print the line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--backends", nargs="+", default=["vertex", "mlengine"])
    given = options.parse_args()
    line: dict[str, Any] = {"benchmark": "cloud_submit", "cores": os.cpu_count(), "trials": given.trials}
    line |= {"load_before": load(), "floor_per_s": round(THREADS / LATENCY)}
    for backend in given.backends:
        with tempfile.TemporaryDirectory() as name:
            line[backend] = measure(Path(name), backend, trials=given.trials, rounds=given.rounds)
    print(json.dumps(line))


def measure(folder: Path, backend: str, *, trials: int, rounds: int) -> dict[str, Any]:
    """One service: the ratio to the client library, and the whole command."""
    ours, theirs, whole = [], [], []
    with emulator(folder / "server", f"--faults=latency={LATENCY}s", "--simulate=100000") as server:
        laptop = Laptop(folder, server.url)
        laptop.config("first", backend, trials=2)
        laptop.launch("first", backend)  # makes the bucket, uploads the package
        for number in range(rounds):
            laptop.config(f"round{number}", backend, trials=trials)
            books = Books(server.url).from_now()
            whole.append(laptop.launch(f"round{number}", backend)[1])
            ours.append(span(_all(books, backend, trials)))
            bodies = _bodies(server.url, backend, trials)
            (folder / "bodies.json").write_text(json.dumps(bodies))
            books = books.from_now()
            laptop.python(str(PEER), server.url, backend, f"peer{number}", str(folder / "bodies.json"))
            theirs.append(span(_all(books, backend, trials)))
    return {
        "ratio": round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 3),
        "ratios": [round(a / b, 3) for a, b in zip(ours, theirs, strict=True)],
        "sweeper_per_s": round(trials / statistics.median(ours)),
        "client_per_s": round(trials / statistics.median(theirs)),
        "sweeper_s": round(statistics.median(ours), 2),
        "client_s": round(statistics.median(theirs), 2),
        "whole_s": round(statistics.median(whole), 2),
    }


def _all(books: Books, backend: str, trials: int) -> list[dict[str, Any]]:
    rows = books.rows(CREATES[backend])
    made = [row for row in rows if row["status"] == 200]
    if len(rows) != trials or len(made) != trials:
        raise SystemExit(f"{trials} trials, {len(rows)} creates, {len(made)} of them accepted")
    return rows


def _bodies(url: str, backend: str, trials: int) -> list[dict[str, Any]]:
    """What sweeper has just sent."""
    place = "jobs" if backend == "mlengine" else "locations/us-central1/customJobs"
    found: list[dict[str, Any]] = []
    token = ""
    while len(found) < trials:
        page = get(f"{url}/v1/projects/emulator/{place}?pageSize=100&pageToken={token}")
        found += page["jobs" if backend == "mlengine" else "customJobs"]
        token = page.get("nextPageToken", "")
    return [{key: job[key] for key in SENT[backend]} for job in found[:trials]]


if __name__ == "__main__":
    main()
