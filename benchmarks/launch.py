"""What a trial costs beside its own work: `sweeper launch`, cold and warm, against `xargs -P4` and a bare fork.

Whole commands, ledger, start-up and warming included. Prints one JSON line: milliseconds per trial and ratios, the
median of the rounds; all ways are timed in turn in each round, so that a machine that slows down slows all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
TRAINER = '''"""A trainer without work.

Usage:
  task [--x=<x>] [--job-dir=<dir>]

Options:
  --x=<x>          A number [default: 1].
  --job-dir=<dir>  Where to write.
"""
from docopt import docopt
{imports}

if __name__ == "__main__":
    print("accuracy " + docopt(__doc__)["--x"])
'''
CONFIG = """
trainer: {module}
metric: {{name: accuracy, from: stdout, pattern: 'accuracy (?P<value>\\S+)'}}
parameters:
  x: {{min: 1, max: {trials}, step: 1}}
limits: {{parallel: 4}}
local: {{warm: {warm}}}
"""
FLOOR = """
import os, sys
{imports}
running = 0
for _ in range({trials}):
    if running == 4:
        os.wait()
        running -= 1
    if os.fork() == 0:
        os._exit(0)
    running += 1
while running:
    os.wait()
    running -= 1
"""
HEAVY = "import sklearn.neural_network"


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of a whole command that must succeed."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def ways(folder: Path, module: str, imports: str, trials: int, peer: int) -> dict[str, tuple[Callable[[], float], int]]:
    """Each way to run the trials: what times it, and how many trials that is."""
    (folder / f"{module}.py").write_text(TRAINER.format(imports=imports))
    for warm, name in (("never", "cold"), ("always", "warm")):
        text = CONFIG.format(module=module, trials=trials, warm=warm)
        (folder / f"{module}-{name}.yaml").write_text(text)
    xargs = f"seq {peer} | xargs -P4 -I% {sys.executable} -m {module} --x=%"

    def launch(name: str) -> float:
        config = f"{module}-{name}.yaml"
        return seconds(
            [sys.executable, "-m", "sweeper", "launch", config, "--fresh", "--home", f"state-{name}"], folder
        )

    return {
        "fork": (lambda: seconds([sys.executable, "-c", FLOOR.format(imports=imports, trials=trials)], folder), trials),
        "xargs": (lambda: seconds(["sh", "-c", xargs], folder), peer),
        "warm": (lambda: launch("warm"), trials),
        **({"cold": (lambda: launch("cold"), trials)} if peer == trials else {}),
    }


def measure(folder: Path, module: str, imports: str, *, trials: int, peer: int, rounds: int) -> dict[str, float]:
    """Milliseconds per trial of each way, and the ratios that the targets name."""
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, (run, count) in ways(folder, module, imports, trials, peer).items():
            taken.setdefault(name, []).append(run() / count * 1000)
    found = {f"{name}_ms": round(statistics.median(times), 2) for name, times in taken.items()}
    pairs = {name: [a / b for a, b in zip(taken[name], taken["xargs"], strict=True)] for name in taken}
    found |= {
        f"{name}_to_xargs": round(statistics.median(pairs[name]), 3) for name in ("warm", "cold") if name in pairs
    }
    return found


def main() -> None:
    """Run both trainers, print the line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = measure(folder, "plain", "", trials=given.trials, peer=given.trials, rounds=given.rounds)
        heavy = measure(folder, "heavy", HEAVY, trials=given.trials, peer=given.trials // 5, rounds=given.rounds)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    line = {"benchmark": "launch", "cores": os.cpu_count(), "trials": given.trials, "plain": plain, "sklearn": heavy}
    print(json.dumps({**line, "largest_process_mb": largest}))


if __name__ == "__main__":
    main()
