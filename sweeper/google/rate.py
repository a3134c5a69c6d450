"""How many creates a minute a service takes, and when the next one may go."""

from __future__ import annotations

import threading
from collections import deque

from sweeper.clock import Clock

WINDOW = 60.0
"""Seconds that the services count over."""
MARGIN = 1.0
"""Seconds more: two requests need not take equally long to arrive."""


class TokenBucket:
    """Never more than the quota in any window, evenly spread but for a first few. Threads may share it.

    Two rules hold at once: tokens trickle in at the quota's pace up to ``burst``, and within a window (and a margin) no
    more are given than the quota. So neither a service that counts in fixed windows nor one that counts in sliding ones
    has reason to say no. Where one does all the same, because others use the quota too or it is smaller than we were
    told, ``learn`` holds everything for a while and lowers the number; each window without a no raises it a little.
    """

    def __init__(self, per_minute: int, clock: Clock, burst: int | None = None) -> None:
        self.most = max(1, per_minute)
        self.allowed = float(self.most)
        """What a window may hold now."""
        self._burst = float(max(1, min(self.most, burst if burst is not None else self.most // 6)))
        self._clock = clock
        self._lock = threading.Lock()
        self._given: deque[float] = deque()
        self._tokens = self._burst
        self._filled = self._began = self._changed = clock.now()
        self._held_until = 0.0
        self._rejected_at = float("-inf")

    def available(self, now: float | None = None) -> int:
        """How many may go at once."""
        with self._lock:
            return self._available(self._at(now))

    def take(self, now: float | None = None) -> bool:
        """One goes now, if it may."""
        with self._lock:
            at = self._at(now)
            if self._available(at) < 1:
                return False
            self._tokens -= 1.0
            self._given.append(at)
            return True

    def seconds_until(self, n: int = 1, now: float | None = None) -> float:
        """How long until ``n`` may go at once, or as many as ever may, if nobody takes any meanwhile."""
        with self._lock:
            at = self._at(now)
            n = max(1, min(n, int(self._burst), int(self.allowed)))
            if self._available(at) >= n:
                return 0.0
            wait = max(0.0, self._held_until - at, (n - self._tokens) * WINDOW / self.allowed)
            full = len(self._given) + n - int(self.allowed)
            if full > 0:
                wait = max(wait, self._given[full - 1] + WINDOW + MARGIN - at)
            return wait

    def learn(self, *, rejected: bool = True, retry_after: float | None = None, now: float | None = None) -> None:
        """A create that was let go has been refused for the rate's sake; it did not count."""
        if not rejected:
            return
        with self._lock:
            at = self._at(now)
            self._available(at)
            if self._given:
                self._given.pop()
            # Those that were on their way together are one piece of news.
            news = at - self._rejected_at >= WINDOW / 2
            if news and at - self._began >= WINDOW:
                # A whole window is known: what it held is what it holds.
                self.allowed = max(1.0, min(self.allowed - 1.0, max(float(len(self._given)), self.allowed * 0.7)))
            hold = retry_after if retry_after is not None else WINDOW
            self._held_until = max(self._held_until, at + hold)
            self._rejected_at = self._changed = at
            self._tokens = min(self._tokens, 1.0)

    def _at(self, now: float | None) -> float:
        # Clocks of threads that wait for the lock may be read in another order than they get it.
        return max(self._clock.now() if now is None else now, self._filled)

    def _available(self, at: float) -> int:
        while at - self._changed >= WINDOW:
            self._changed += WINDOW
            self.allowed = min(float(self.most), self.allowed + max(1.0, self.most / 30))
        self._tokens = min(self._burst, self._tokens + (at - self._filled) * self.allowed / WINDOW)
        self._filled = at
        while self._given and self._given[0] + WINDOW + MARGIN <= at:
            self._given.popleft()
        if at < self._held_until:
            return 0
        return max(0, min(int(self._tokens + 1e-9), int(self.allowed) - len(self._given)))
