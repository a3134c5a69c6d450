"""From pressing Enter to the first create in the server's books, with the package staged; no latency, and 100 ms.

The sweep has 300 trials. The floor is Python itself (``python -c pass``), the peer a script that loads the client
library and sends one create (``_cloud_peer.py``). Prints one JSON line: seconds, median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks._cloud import CREATES, Books, Laptop, emulator, load

PEER = Path(__file__).with_name("_cloud_peer.py")
BODY = {
    "displayName": "peer",
    "jobSpec": {
        "workerPoolSpecs": [
            {
                "machineSpec": {"machineType": "n1-standard-4"},
                "replicaCount": "1",
                "containerSpec": {"imageUri": "gcr.io/p/i"},
            }
        ]
    },
}


def main() -> None:
    """All in turn in each round, print the line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    line: dict[str, Any] = {"benchmark": "cloud_first", "trials": given.trials, "load_before": load()}
    for name, faults in (("no_latency", ""), ("100_ms", "latency=0.1s")):
        with tempfile.TemporaryDirectory() as folder:
            line[name] = measure(Path(folder), faults, trials=given.trials, rounds=given.rounds)
    print(json.dumps(line))


def measure(folder: Path, faults: str, *, trials: int, rounds: int) -> dict[str, float]:
    """One latency."""
    took: dict[str, list[float]] = {"floor": [], "peer": [], "vertex": [], "mlengine": []}
    with emulator(folder / "server", f"--faults={faults}", "--simulate=100000") as server:
        laptop = Laptop(folder, server.url)
        laptop.config("staged", "vertex", trials=2)
        laptop.launch("staged", "vertex")
        (folder / "bodies.json").write_text(json.dumps([BODY]))
        for number in range(rounds):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            took["floor"].append(time.perf_counter() - began)
            books, began = Books(server.url).from_now(), time.time()
            laptop.python(str(PEER), server.url, "vertex", "peer", str(folder / "bodies.json"))
            took["peer"].append(books.rows(CREATES["vertex"])[0]["time"] - began)
            for backend in ("vertex", "mlengine"):
                laptop.config(f"{backend}{number}", backend, trials=trials)
                books = books.from_now()
                began, _ = laptop.launch(f"{backend}{number}", backend)
                took[backend].append(books.rows(CREATES[backend])[0]["time"] - began)
    found = {f"{name}_s": round(statistics.median(times), 3) for name, times in took.items()}
    return {**found, "ratio": round(statistics.median(took["vertex"]) / statistics.median(took["peer"]), 2)}


if __name__ == "__main__":
    main()
