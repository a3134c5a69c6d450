"""One launcher a sweep: a lock that the kernel drops when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sweeper.errors import LedgerError
from sweeper.lean import dataclass


@dataclass(slots=True)
class SweepLock:
    """``held``, or not: then ``pid`` is the holder's (None where it could not be read)."""

    held: bool
    pid: int | None
    _file: int = -1

    def release(self) -> None:
        """Let the next one in; nothing where the lock is not held."""
        if self.held:
            self.held = False
            os.ftruncate(self._file, 0)
            os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def sweep_lock(home: Path, sweep_id: str) -> SweepLock:
    """Try once to become the launcher of a sweep; never waits. The file stays, only the lock on it counts.

    Programs that the holder starts do not keep the lock; a bare ``os.fork`` without exec would.
    """
    path = home / sweep_id / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        hint = "make the folder writable, or choose another --home"
        raise LedgerError(f"the sweep cannot be locked: {error.strerror}", where=str(path), hint=hint) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(file, 32).strip()
        os.close(file)
        return SweepLock(held=False, pid=int(text) if text.isdigit() else None)
    os.ftruncate(file, 0)
    os.write(file, b"%d\n" % os.getpid())
    return SweepLock(held=True, pid=os.getpid(), _file=file)
