"""Writes exit records, and keeps those that a full disk does not take until it does."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any, NamedTuple

from sweeper.backends.local.folder import Attempt, Claim, write_exit

_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE)
AGAIN = 1.0
"""Seconds between two tries."""


class Record(NamedTuple):
    """How one process ended."""

    path: str
    pid: int
    status: int
    ended: float
    usage: Any
    claim: Claim | None = None
    """Where it is known already."""


class Records:
    """The records that one process has to write."""

    def __init__(self) -> None:
        self.waiting: list[Record] = []

    @property
    def pause(self) -> float | None:
        """Seconds until ``retry`` is due; None for never."""
        return AGAIN if self.waiting else None

    def write(self, record: Record) -> str:
        """Empty, or why it could not be written. What may pass is tried again by ``retry``."""
        try:
            path, pid, status, ended, usage, claim = record
            write_exit(Attempt(path), pid, status, ended, usage, claim=claim)
        except FileNotFoundError:
            return ""  # somebody has removed the folder: nobody will ask
        except OSError as error:
            if error.errno in _PASSING:
                self.waiting.append(record)
            return f"cannot write {record.path}: {error.strerror}"
        return ""

    def retry(self) -> Iterator[Record]:
        """Those that could be written now."""
        waiting, self.waiting = self.waiting, []
        for record in waiting:
            if not self.write(record):
                yield record


class Strays:
    """Processes that have ended before the message that names them has come; the last thousand."""

    def __init__(self) -> None:
        self._records: dict[int, Record] = {}

    def add(self, record: Record) -> None:
        """Nobody knows yet whose it was."""
        self._records[record.pid] = record
        if len(self._records) > 1000:
            del self._records[next(iter(self._records))]

    def take(self, pid: int) -> Record | None:
        """How that process has ended, if it has."""
        return self._records.pop(pid, None)
