"""Where a local trial's numbers are: the one place of this package that touches the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sweeper.lean import dataclass
from sweeper.metrics.routes import EVENTS, ROUTES, read_from
from sweeper.model import Measurement, Metric

HYPERTUNE_FILE = "hypertune.jsonl"
"""In the attempt's folder; what ``CLOUD_ML_HP_METRIC_FILE`` must name."""
LOG_FILE = "log.txt"
"""In the attempt's folder."""

__all__ = ["HYPERTUNE_FILE", "LOG_FILE", "ROUTES", "read"]


def read(metric: Metric, *, output_dir: Path, attempt_dir: Path) -> tuple[Measurement, ...]:
    """Everything one attempt of a trial has reported so far, as ``metrics.routes`` has it.

    A file that cannot be read (no permission, a folder of that name) is taken as one that is not there.
    """
    return read_from(_Folders(str(output_dir), str(attempt_dir)), metric)


@dataclass(frozen=True, slots=True)
class _Folders:
    """The two folders that a trial's numbers can be in."""

    folder: str
    attempt: str

    def output(self, name: str) -> bytes:
        return _content(f"{self.folder}/{name}")

    def jsonl_names(self) -> list[str]:
        return sorted(entry.name for entry in _entries(self.folder) if entry.name.endswith(".jsonl"))

    def event_names(self) -> Iterator[str]:
        return _event_files(self.folder, "")

    def hypertune(self) -> bytes:
        return _content(f"{self.attempt}/{HYPERTUNE_FILE}")

    def log(self) -> bytes:
        return _content(f"{self.attempt}/{LOG_FILE}")


def _event_files(root: str, folder: str) -> Iterator[str]:
    """Each event file, oldest first: their names carry the time at which they were begun."""
    entries = sorted(_entries(f"{root}/{folder}"), key=lambda entry: entry.name)
    for entry in entries:
        if EVENTS in entry.name:
            yield f"{folder}{entry.name}"
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _event_files(root, f"{folder}{entry.name}/")


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _content(path: str) -> bytes:
    """The file's bytes; none where it is missing, unreadable or not a plain file (a pipe would block)."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            return file.read() if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""
