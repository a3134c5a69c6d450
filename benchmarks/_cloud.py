"""What the benchmarks of the clouds share: an emulator in its own process, a tiny trainer, and the server's books."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TRAINER = '''"""A trainer that is never run.

Usage:
  task [--x=<n>] [--job-dir=<dir>]

Options:
  --x=<n>          A number [default: 0].
  --job-dir=<dir>  Where the metric goes.
"""
from docopt import docopt

docopt(__doc__)
'''
CONFIG = """
name: {name}
trainer: {{module: tiny.task, requires: []}}
metric: accuracy
parameters:
  x: {{min: 1, max: {trials}, num: {trials}, type: int}}
{backend}: {{creates_per_minute: {rate}}}
"""
CREATES = {"mlengine": "ml.create", "vertex": "custom.create"}
LIFTED = 100_000
"""A quota that is never reached."""


@dataclass(frozen=True)
class Books:
    """The emulator's own list of its requests; ``at`` is the first row that counts."""

    url: str
    at: int = 0

    def rows(self, part: str) -> list[dict[str, Any]]:
        """Those of one part of the API since then, oldest first."""
        found: list[dict[str, Any]] = get(f"{self.url}/_emulator/requests?since={self.at}&part={part}")["requests"]
        return found

    def from_now(self) -> Books:
        """Only what comes from here on."""
        rows = get(f"{self.url}/_emulator/requests?since={self.at}")["requests"]
        return Books(self.url, rows[-1]["id"] if rows else self.at)


@dataclass(frozen=True)
class Laptop:
    """A folder with a trainer and configs, and sweeper's command line in it."""

    folder: Path
    url: str

    def config(self, name: str, backend: str, *, trials: int, rate: int = LIFTED) -> None:
        """A sweep of its own, of the one trainer."""
        package = self.folder / "tiny"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text("")
        (package / "task.py").write_text(TRAINER)
        (self.folder / f"{name}.yaml").write_text(CONFIG.format(name=name, trials=trials, backend=backend, rate=rate))

    def launch(self, name: str, backend: str, *more: str) -> tuple[float, float]:
        """Start it and leave. The time of day when the command was given, and the seconds that it took."""
        command = ["-m", "sweeper", "launch", f"{name}.yaml", f"--backend={backend}", "--no-verify", "--yes", *more]
        given, began = time.time(), time.perf_counter()
        self._run([*command, "--detach"])
        return given, time.perf_counter() - began

    def python(self, *args: str) -> str:
        """What another program prints."""
        return self._run(list(args))

    def peak(self, name: str, backend: str) -> float:
        """Megabytes that a launch which leaves needs at most."""
        command = [
            "-m",
            "sweeper",
            "launch",
            f"{name}.yaml",
            f"--backend={backend}",
            "--no-verify",
            "--yes",
            "--detach",
        ]
        with (self.folder / "said.txt").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-P", *command],
                cwd=self.folder,
                env=environ(SWEEPER_ENDPOINT=self.url),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit((self.folder / "said.txt").read_text())
        return round(usage.ru_maxrss / 1024, 1)

    def _run(self, args: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, "-P", *args],
            cwd=self.folder,
            env=environ(SWEEPER_ENDPOINT=self.url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{args}\n{done.stdout}\n{done.stderr}")
        return done.stdout


@dataclass(frozen=True)
class Server:
    """A running emulator."""

    url: str
    pid: int

    def megabytes(self) -> float:
        """Its resident memory."""
        return resident(self.pid)

    def advance(self, seconds: float) -> None:
        """Let its clock go on (``--clock=fake``)."""
        post(f"{self.url}/_emulator/clock", {"advance": seconds})


@contextlib.contextmanager
def emulator(folder: Path, *options: str) -> Iterator[Server]:
    """``sweeper emulator start`` in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "sweeper", "emulator", "start", "--port=0", f"--dir={folder / 'data'}"]
    process = subprocess.Popen(
        [*command, *options], cwd=folder, env=environ(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"the emulator did not start: {line}")
        yield Server(line.split()[-1], process.pid)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def environ(**more: str) -> Mapping[str, str]:
    """Nothing of this machine's own clouds."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def get(url: str) -> Any:
    """The JSON that is there."""
    with urllib.request.urlopen(url, timeout=120) as answer:
        return json.loads(answer.read())


def post(url: str, body: object) -> Any:
    """The JSON that comes back."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.loads(answer.read())


def resident(pid: int) -> float:
    """Megabytes that a process has in memory."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return round(int(text.partition("VmRSS:")[2].split()[0]) / 1024, 1)


def span(rows: list[dict[str, Any]]) -> float:
    """Seconds from the arrival of the first request to the last answer."""
    return float(max(row["time"] + row["seconds"] for row in rows) - min(row["time"] for row in rows))


def load() -> float:
    """How busy the machine was in the last minute."""
    return round(os.getloadavg()[0], 1)
