"""The one source of time, so that a test can move it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the driver asks for the time."""

    def now(self) -> float:
        """Unix seconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """The time that was set."""
        return self._now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
