"""The emulator's time: the machine's, or one that stands still until it is told to advance."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol


class Timer(Protocol):
    """A call that is due at some time."""

    def cancel(self) -> None:
        """Do not make it; nothing happens where it was made already."""


class Clock(Protocol):
    """The time, and calls at a time."""

    def now(self) -> float:
        """Unix seconds."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call it, in the event loop's thread, when that time has come."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """By the running event loop."""
        return asyncio.get_running_loop().call_later(max(0.0, when - time.time()), callback)


class FakeClock:
    """Stands still until ``advance``, which makes all calls that fall due on the way, each at its own time."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._due: list[tuple[float, int, FakeTimer]] = []
        self._order = count()

    def now(self) -> float:
        """The time that was reached."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """By the ``advance`` that reaches it; calls of the same time in the order they were asked for."""
        timer = FakeTimer(callback)
        heapq.heappush(self._due, (when, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass; what a call asks for within that time is called too."""
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            when, _, timer = heapq.heappop(self._due)
            self._now = max(self._now, when)
            timer.fire()
        self._now = max(self._now, end)


class FakeTimer:
    """A call that a fake clock has to make."""

    __slots__ = ("_callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Do not make it."""
        self._callback = None

    def fire(self) -> None:
        """Make it, unless it was cancelled."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()
