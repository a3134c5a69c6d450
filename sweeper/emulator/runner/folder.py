"""The folder that a job has on the emulator's disk."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

STREAMS = ("stdout", "stderr")
READABLE = 80
"""How much of a job's name a folder's name repeats; the digest after it tells jobs apart."""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """``work`` is where the program starts and what it has for a home; the rest is the emulator's."""

    path: Path

    @property
    def work(self) -> Path:
        """The current directory of the job's program."""
        return self.path / "work"

    @property
    def temporary(self) -> Path:
        """For its passing files."""
        return self.path / "tmp"

    @property
    def index(self) -> Path:
        """What was printed when, and the runner's own lines."""
        return self.path / "log.jsonl"

    @property
    def metrics(self) -> Path:
        """Where its program reports metrics for a tuning job."""
        return self.path / "metrics" / "output.metrics"

    def stream(self, name: str) -> Path:
        """What it printed, byte for byte: of ``stdout`` or of ``stderr``."""
        return self.path / name

    def make_anew(self) -> None:
        """As on a machine of its own: nothing there. What earlier runs of the job printed stays."""
        for folder in (self.work, self.temporary, self.metrics.parent):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)


def folder_of(jobs: Path, name: str) -> JobFolder:
    """The job's folder, whatever characters its name has."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[-READABLE:]
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return JobFolder(jobs / f"{readable}-{mark}")
