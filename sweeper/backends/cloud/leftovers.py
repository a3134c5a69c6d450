"""What one trial has left in the bucket, as ``metrics.routes`` asks for it: only what changed is fetched again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sweeper.google.storage import Storage
from sweeper.metrics.routes import EVENTS, JSONL_FILE

LARGEST = 64 << 20
"""Bytes; a file of JSON lines beyond that is somebody's data, not a metric."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a trial's output folder."""

    generation: int
    size: int
    path: str = ""
    """Where it is below the folder, if it is not where its name says."""


@dataclass
class Leftovers:
    """One trial's files; ``known`` are contents by name that were fetched before, with their generations."""

    storage: Storage
    folder: str
    files: dict[str, Listed]
    known: dict[str, tuple[int, bytes]]
    entries: Callable[[], bytes]
    """The log's text."""
    fetched: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def output(self, name: str) -> bytes:
        """From the bucket, unless this generation was fetched before."""
        listed = self.files.get(name)
        if listed is None or (listed.size > LARGEST and name.endswith(".jsonl") and name != JSONL_FILE):
            return b""
        before = self.known.get(name)
        if before is None or before[0] != listed.generation:
            before = listed.generation, self.storage.read(f"{self.folder}/{listed.path or name}")
        self.fetched[name] = before
        return before[1]

    def jsonl_names(self) -> Iterable[str]:
        """Directly in the folder."""
        return sorted(name for name in self.files if name.endswith(".jsonl") and "/" not in name)

    def event_names(self) -> Iterable[str]:
        """A folder's files before those of its subfolders."""
        return sorted((name for name in self.files if EVENTS in name.rpartition("/")[2]), key=_depth_first)

    def hypertune(self) -> bytes:
        """It stays on the machine that ran the job."""
        return b""

    def log(self) -> bytes:
        """From Cloud Logging."""
        return self.entries()


def _depth_first(name: str) -> tuple[tuple[bool, str], ...]:
    *folders, file = name.split("/")
    return (*((True, folder) for folder in folders), (False, file))
