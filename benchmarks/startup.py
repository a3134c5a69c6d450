"""How long a user waits for `--help` and `plan`, beside `python -c pass`; prints one JSON line.

Whole processes, the ways timed in turn, the best of the rounds; peak memory of `plan` as the system counts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 9
AXES = {"plan_1e6": (6, 10), "plan_1e12": (12, 10)}


def config(axes: int, values: int) -> str:
    """A grid over options that the trainer beside it declares."""
    names = [f"option_{i}" for i in range(axes)]
    return "trainer: task\nparameters:\n" + "".join(f"  {name}: {list(range(values))}\n" for name in names)


def trainer() -> str:
    """A docopt trainer with as many options as the largest grid has axes."""
    lines = [f"  --option_{i}=<x>  A number [default: 0]." for i in range(max(axes for axes, _ in AXES.values()))]
    return (
        '"""Task.\n\nUsage:\n  task [options]\n\nOptions:\n'
        + "\n".join(lines)
        + '\n"""\nfrom docopt import docopt\n\ndocopt(__doc__)\n'
    )


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one process."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    """Time each way, print the line."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "task.py").write_text(trainer())
        ways = {"pass": [python, "-c", "pass"], "help": [python, "-m", "sweeper", "--help"]}
        for key, (axes, values) in AXES.items():
            (folder / f"{key}.yaml").write_text(config(axes, values))
            ways[key] = [python, "-m", "sweeper", "plan", f"{key}.yaml"]
        best = {key: (float("inf"), 0.0) for key in ways}
        for _ in range(ROUNDS):
            for key, command in ways.items():
                best[key] = min(best[key], timed(command, folder))
    found: dict[str, float | str] = {"benchmark": "startup"}
    found |= {f"{key}_ms": round(seconds * 1000, 1) for key, (seconds, _) in best.items()}
    found |= {f"{key}_mb": round(memory, 1) for key, (_, memory) in best.items()}
    found["help_of_pass"] = round(best["help"][0] / best["pass"][0], 2)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
