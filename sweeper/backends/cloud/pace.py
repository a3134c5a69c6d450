"""When the next round of polling is due: soon after something happened, ever later while nothing does."""

from __future__ import annotations

from sweeper.backends.cloud.patience import Patience

GROWTH = 1.5


class Pace:
    """The state of one poller; the clock's time comes from outside."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._interval = patience.first
        self._next = self._floor = float("-inf")

    def due(self, now: float) -> bool:
        """Whether to ask now."""
        return now >= self._next

    def after(self, now: float, *, happened: bool, requests: int) -> None:
        """A round is over. One that cost many requests is not repeated at once, whatever happened."""
        patience = self._patience
        self._interval = patience.first if happened else min(patience.longest, self._interval * GROWTH)
        self._floor = now + requests * patience.request
        self._next = max(self._floor, now + self._interval)

    def soon(self, now: float) -> None:
        """There is something new to look at."""
        self._interval = self._patience.first
        self._next = min(self._next, max(self._floor, now + self._interval))

    def failed(self, now: float, after: float | None) -> float:
        """A round came to nothing. Returns the seconds until the next one."""
        wait = max(after or 0.0, self._patience.unreachable)
        self._next = self._floor = now + wait
        return wait
