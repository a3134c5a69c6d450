"""What makes a process that has imported a trainer's libraries unsafe to fork; each hazard as one line of text."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""What the BLAS and OpenMP libraries read when they are loaded."""
_POOLS = ("blas", "libgomp", "libomp", "libiomp", "libmkl", "libblis")
"""Parts of the file names of libraries that keep a pool of threads."""


_ENDING = 0.2
"""Seconds that the kernel may take to clear away a thread that has been joined."""


def thread_names() -> list[str]:
    """The names of this process's threads that stay, the main one left out."""
    ends = time.monotonic() + _ENDING
    while others := [task for task in Path("/proc/self/task").iterdir() if task.name != str(os.getpid())]:
        if time.monotonic() > ends:
            return [_first_line(task / "comm") for task in others]
        time.sleep(0.005)
    return []


def descriptors() -> dict[str, str]:
    """What this process holds open, by number."""
    links = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            links[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:  # the listing's own descriptor
            continue
    return links


def open_devices() -> list[str]:
    """The device files that this process holds open."""
    return [link for link in descriptors().values() if link.startswith("/dev/")]


def children() -> list[str]:
    """The processes that this one has started and that still run."""
    return [pid for task in Path("/proc/self/task").iterdir() for pid in _first_line(task / "children").split()]


def thread_pools() -> bool:
    """Whether a library with a pool of threads is loaded."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            return any(pool in os.path.basename(line.rstrip()).lower() for line in maps for pool in _POOLS)
    except OSError:
        return True


def _first_line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def found(
    *,
    threads: Callable[[], list[str]] = thread_names,
    devices: Callable[[], list[str]] = open_devices,
    processes: Callable[[], list[str]] = children,
    pools: Callable[[], bool] = thread_pools,
    variables_read: Iterable[str] = (),
    trial_threads: int = 1,
    modules: Iterable[str] = (),
) -> Iterator[str]:
    """Every reason not to fork this process. The probes are arguments, so that each can be shown to matter."""
    if names := threads():
        yield f"importing the trainer's libraries leaves {len(names)} threads running ({', '.join(sorted(set(names)))})"
    if any(device.startswith("/dev/nvidia") for device in devices()):
        yield "importing the trainer's libraries opens a CUDA context"
    if processes():
        yield "importing the trainer's libraries starts a process"
    for name in sorted(set(variables_read)):
        yield f"one of the trainer's libraries reads {name}, which differs from trial to trial, while it is imported"
    if trial_threads != 1 and "threadpoolctl" not in modules and pools():
        yield f"each trial wants {trial_threads} BLAS threads and threadpoolctl, which could set that, is not installed"


def limit_threads(count: int) -> None:
    """Give a forked trial its BLAS and OpenMP threads; the parent was started with one."""
    if count == 1 or "threadpoolctl" not in sys.modules:
        return
    sys.modules["threadpoolctl"].threadpool_limits(limits=count)
    if "torch" in sys.modules:  # it remembers the number that it found when it was loaded
        sys.modules["torch"].set_num_threads(count)
