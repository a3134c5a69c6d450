"""Telling processes apart: a pid is reused, a pid with its birth time is not."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
from typing import NamedTuple


class Process(NamedTuple):
    """One process for all time, also after its pid went to another."""

    pid: int
    birth: str


@functools.cache
def _boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read(8)
    except OSError:
        return ""


def birth(pid: int) -> str | None:
    """When the process began, as an opaque word; None where there is no such process.

    A zombie counts as gone: it runs no code and only waits for its exit record to be written.
    """
    if sys.platform != "linux":
        return _birth_by_ps(pid)
    fields = _stat(pid)
    return None if not fields or fields[0] in b"ZX" else f"{_boot()}:{fields[19].decode()}"


def child(pid: int) -> Process:
    """A child of ours that nobody has waited for yet: also a zombie has a birth."""
    if sys.platform != "linux":
        return Process(pid, _birth_by_ps(pid) or "")
    return Process(pid, f"{_boot()}:{_stat(pid)[19].decode()}")


def _stat(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            # The program's name may hold spaces and parentheses; what follows the last one is fixed.
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def _birth_by_ps(pid: int) -> str | None:
    import subprocess

    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def this() -> Process:
    """The process that asks."""
    return Process(os.getpid(), birth(os.getpid()) or "")


def alive(process: Process) -> bool:
    """Whether that very process still runs."""
    return birth(process.pid) == process.birth


def holder(path: str) -> Process | None:
    """The process, of those that have a file open, that leads its session; looks at all processes, so not for often."""
    with contextlib.suppress(OSError):
        for pid in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
            with contextlib.suppress(OSError):
                folder = f"/proc/{pid}/fd"
                if os.getsid(pid) == pid and any(os.readlink(f"{folder}/{fd}") == path for fd in os.listdir(folder)):
                    found = birth(pid)
                    return Process(pid, found) if found else None
    return None


def end_group(pid: int, signum: signal.Signals) -> None:
    """Signal a whole process group; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
        os.killpg(pid, signum)
