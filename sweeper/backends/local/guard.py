"""The guard: waits beside the keeper, and writes the exit records of its trials should it be killed."""

from __future__ import annotations

import ctypes
import glob
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from sweeper.backends.local import folder, process
from sweeper.backends.local.folder import Attempt, Claim
from sweeper.backends.local.records import AGAIN, Record, Records

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on this process is the parent of what its descendants leave behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def guarded(keep: Callable[[process.Process, int], None], *, leave: Callable[[], None]) -> None:
    """Run ``keep`` in a child, with this process as its guard; returns once all that it has started has ended.

    ``keep`` gets the guard and where to write, once it knows, the sweep's folder. ``leave`` lets go, in the guard, of
    what is the keeper's.
    """
    adopt_orphans()
    guard = process.this()
    reader, writer = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        code = 1
        try:
            os.close(reader)
            keep(guard, writer)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writer)
    leave()
    if os.waitpid(keeper, 0)[1] != 0:
        with suppress(ChildProcessError):
            _wait_for_all(os.fsdecode(os.read(reader, 1 << 16)))


def _wait_for_all(sweep: str) -> None:
    """Reap what the keeper has left: its parents, its trials. Raises ChildProcessError once there is none."""
    records = Records()
    pids: dict[int, tuple[str, Claim]] = {}
    while True:
        pids = pids or _running(sweep)
        pid, status, usage = os.wait4(-1, os.WNOHANG if records.waiting else 0)
        if pid == 0:
            time.sleep(AGAIN)
            list(records.retry())
            continue
        if pid not in pids:  # started by a parent that has died since
            pids = _running(sweep)
        if pid in pids:
            path, claim = pids.pop(pid)
            records.write(Record(path, pid, status, time.time(), usage, claim))


def _running(sweep: str) -> dict[int, tuple[str, Claim]]:
    """The attempts that somebody has claimed and nobody has recorded, by the pid of their process."""
    found = {}
    for file in glob.glob(f"{glob.escape(sweep)}/*/*/claim.json") if sweep else ():
        attempt = Attempt(os.path.dirname(file))
        known = None if os.path.exists(attempt.exit) else folder.claim_of(attempt)
        if known is not None and known.process != folder.NOBODY:
            found[known.process.pid] = attempt.path, known
    return found
