"""What makes a process that has imported a trainer's libraries unsafe to fork; each hazard as one line of text."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""What the BLAS and OpenMP libraries read when they are loaded."""


def thread_names() -> list[str]:
    """The names of this process's threads, the main one left out."""
    tasks = Path("/proc/self/task")
    others = [task for task in tasks.iterdir() if task.name != str(os.getpid())]
    return [_first_line(task / "comm") for task in others]


def open_devices() -> list[str]:
    """The device files that this process holds open."""
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:  # the listing's own descriptor
            continue
    return [link for link in links if link.startswith("/dev/")]


def children() -> list[str]:
    """The processes that this one has started and that still run."""
    return [pid for task in Path("/proc/self/task").iterdir() for pid in _first_line(task / "children").split()]


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
    if trial_threads != 1 and "numpy" in modules and "threadpoolctl" not in modules:
        yield f"each trial wants {trial_threads} BLAS threads and threadpoolctl, which could set that, is not installed"


class WatchedEnvironment(type(os.environ)):  # type: ignore[misc]  # os._Environ has no public name
    """``os.environ`` that remembers which of the watched variables were looked up."""

    watched: frozenset[str] = frozenset()
    looked_up: set[str] = set()  # noqa: RUF012  # shared on purpose: there is one environment

    def __getitem__(self, key: str) -> str:
        """Look up, and remember."""
        if key in self.watched:
            self.looked_up.add(key)
        value: str = super().__getitem__(key)
        return value


def watch(names: Iterable[str]) -> Callable[[], set[str]]:
    """Watch variables from now on; the returned function stops and says which were read."""
    plain = type(os.environ)
    WatchedEnvironment.watched = frozenset(names)
    WatchedEnvironment.looked_up = set()
    os.environ.__class__ = WatchedEnvironment

    def stop() -> set[str]:
        os.environ.__class__ = plain
        return WatchedEnvironment.looked_up

    return stop


def limit_threads(count: int) -> None:
    """Give a forked trial its BLAS and OpenMP threads; the parent was started with one."""
    if count == 1 or "threadpoolctl" not in sys.modules:
        return
    sys.modules["threadpoolctl"].threadpool_limits(limits=count)
