"""The runner's child processes: each the leader of a group of its own, on record until it has ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote

from sweeper.emulator.runner.birth import birth
from sweeper.emulator.runner.packages import CannotRun

PATIENCE = 5.0
"""Seconds that a killed process of an earlier life is given to disappear."""


class Child:
    """A process that was started, with its group."""

    def __init__(self, popen: subprocess.Popen[bytes], record: Path | None, ended: Callable[[Child], None]) -> None:
        self._popen = popen
        self._record = record
        self._ended = ended

    def put_on_record(self) -> None:
        """What cannot be put there may not go on: nobody would find it again."""
        try:
            if self._record is not None:
                self._record.touch()
        except OSError:
            self.signal(signal.SIGKILL)
            self.wait()
            raise

    def signal(self, number: signal.Signals) -> None:
        """Send it to the whole group; one that is gone is fine."""
        if self._popen.returncode is None:
            end_group(self._popen.pid, number)

    def wait(self) -> int:
        """Block until the leader has ended, end the rest of its group, and say how: 128 + n after signal n."""
        if hasattr(os, "waitid"):  # as long as the leader is not reaped, nobody else can get its number
            os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOWAIT)
        end_group(self._popen.pid, signal.SIGKILL)
        code = self._popen.wait()
        if self._record is not None:
            self._record.unlink(missing_ok=True)
        self._ended(self)
        return code if code >= 0 else 128 - code


class Processes:
    """All that run now, and the records by which a later life finds them."""

    def __init__(self, records: Path) -> None:
        self._records = records
        self._alive: set[Child] = set()
        self._closed = False
        self._lock = threading.Lock()  # environments are built in threads
        records.mkdir(parents=True, exist_ok=True)

    def spawn(
        self,
        argv: Sequence[bytes | str],
        *,
        cwd: Path,
        env: Mapping[bytes, bytes] | Mapping[str, str],
        stdout: IO[bytes],
        stderr: IO[bytes] | int = subprocess.STDOUT,
    ) -> Child:
        """Start it; its output goes to files, so that it neither blocks nor breaks when the emulator dies."""
        with self._lock:
            if self._closed:
                raise CannotRun("the emulator is being stopped")
            popen = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
            )
            child = Child(popen, _record_of(self._records, popen.pid), self._alive.discard)
            self._alive.add(child)
        child.put_on_record()
        return child

    def kill_all(self) -> None:
        """End every group at once; nothing can be started any more."""
        with self._lock:
            self._closed = True
            for child in self._alive.copy():
                child.signal(signal.SIGKILL)

    def end_leftovers(self) -> int:
        """Kill what an earlier life left running; a number that now belongs to another process is left alone."""
        ended = 0
        for record in sorted(self._records.iterdir()):
            number, _, born = record.name.partition(" ")
            if number.isdecimal() and birth(int(number)) == unquote(born):
                end_group(int(number), signal.SIGKILL)
                _wait_until_gone(int(number), unquote(born))
                ended += 1
            record.unlink(missing_ok=True)
        return ended


def end_group(pid: int, number: signal.Signals) -> None:
    """Signal a process group; one that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
        os.killpg(pid, number)


def _record_of(records: Path, pid: int) -> Path | None:
    """None where it has ended already. All is in the name, so that a record appears whole."""
    born = birth(pid)
    return None if born is None else records / f"{pid} {quote(born)}"


def _wait_until_gone(pid: int, born: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while birth(pid) == born and time.monotonic() < deadline:
        time.sleep(0.01)
