"""When a process began: a number is used again, a number with its birth time is not."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path


def birth(pid: int) -> str | None:
    """An opaque word; None where no such process runs. One that has ended and was not yet reaped runs no more."""
    if sys.platform != "linux":
        return _by_ps(pid)
    try:
        # The program's name may hold spaces and parentheses; what follows the last one is fixed.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in b"ZX" else f"{_boot()}:{fields[19].decode()}"


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _by_ps(pid: int) -> str | None:
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None
