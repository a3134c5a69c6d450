"""Where sweeper's own processes print before it is known in which folder their sweep is kept."""

from __future__ import annotations

import contextlib
import os

LONGEST = 1 << 20


def anonymous() -> int:
    """A file without a name, or where the system has none, nowhere."""
    return os.memfd_create("output") if hasattr(os, "memfd_create") else os.open(os.devnull, os.O_RDWR)


def printed() -> bytes:
    """What went to standard output so far."""
    return os.pread(1, LONGEST, 0)


def keep(path: str) -> None:
    """What this process has printed, and will print, goes to the end of a file, unless the disk is full."""
    with contextlib.suppress(OSError):
        out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        os.write(out, printed())
        redirect(out)


def redirect(out: int) -> None:
    """Standard output and error go there; closes ``out``."""
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)
