"""How many creates a minute a service takes, and when the next one may go."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from sweeper.clock import Clock

WINDOW = 60.0
"""Seconds that the services count over."""
MARGIN = 1.0
"""Seconds more: two requests need not take equally long to arrive."""
FEW = 10
"""That many may go at once at the start, or two seconds' worth, whichever is more."""
TOGETHER = 5.0
"""Refusals within so many seconds were on their way together: they are one piece of news."""
HOLD = 15.0
"""Seconds to hold where the service does not say how long; doubled while that was not enough."""


class TokenBucket:
    """Never more than the quota in any window, evenly spread but for a first few. Threads may share it.

    Two rules hold at once: tokens trickle in at the quota's pace up to ``burst``, and within a window (and a margin) no
    more are given than the quota. So neither a service that counts in fixed windows nor one that counts in sliding ones
    has reason to say no. Where one does all the same, because others use the quota too or it is smaller than we were
    told, ``learn`` holds everything for a while and lowers the number: to what the last window held, where we saw all
    of it, else by half. Each window without a no raises it: by a little after a number that is known to hold, by more
    after a guess.
    """

    def __init__(
        self, per_minute: int, clock: Clock, burst: int | None = None, *, recent: Iterable[float] = ()
    ) -> None:
        """``recent``: when earlier processes created something in the last minute; nothing is taken to mean never."""
        self.most = max(1, per_minute)
        self.allowed = float(self.most)
        """What a window may hold now."""
        self._burst = float(max(1, min(self.most, burst if burst is not None else max(FEW, self.most // 30))))
        self._clock = clock
        self._lock = threading.Lock()
        now = clock.now()
        self._given = deque(sorted(at for at in recent if now - WINDOW - MARGIN < at <= now))
        self._tokens, self._filled = self._burst, min([*self._given, now])
        for at in self._given:
            self._trickle(at)
            self._tokens = max(0.0, self._tokens - 1.0)
        self._trickle(now)
        self._changed = now
        self._known_from = min([*self._given, now])
        self._held_until = self._refused_at = float("-inf")
        self._pause = HOLD
        self._step = 1.0

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
            wait = max(0.0, self._held_until - at) + max(0.0, (n - self._tokens) * WINDOW / self.allowed)
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
            if at - self._refused_at >= TOGETHER:
                self._lower(at)
            self._refused_at = self._changed = at
            self._held_until = max(self._held_until, at + (self._pause if retry_after is None else retry_after))
            self._tokens = 0.0

    def _lower(self, at: float) -> None:
        seen = float(len(self._given))
        if at - self._known_from >= WINDOW:
            self.allowed = min(self.allowed - 1.0, max(seen, self.allowed * 0.7))
            self._step = max(1.0, self.most / 60)
        else:
            self.allowed = max(seen, self.allowed / 2)
            self._step = max(1.0, self.most / 4)
        self.allowed = max(1.0, self.allowed)
        again = at - self._held_until < HOLD
        self._pause = min(WINDOW, self._pause * 2) if again else HOLD

    def _at(self, now: float | None) -> float:
        # Clocks of threads that wait for the lock may be read in another order than they get it.
        return max(self._clock.now() if now is None else now, self._filled)

    def _available(self, at: float) -> int:
        while at - self._changed >= WINDOW:
            self._changed += WINDOW
            self.allowed = min(float(self.most), self.allowed + self._step)
        # Nothing trickles in while all is held: what comes after a refusal comes slowly.
        self._filled = max(self._filled, min(self._held_until, at))
        self._trickle(at)
        while self._given and self._given[0] + WINDOW + MARGIN <= at:
            self._given.popleft()
        if at < self._held_until:
            return 0
        return max(0, min(int(self._tokens + 1e-9), int(self.allowed) - len(self._given)))

    def _trickle(self, at: float) -> None:
        self._tokens = min(self._burst, self._tokens + (at - self._filled) * self.allowed / WINDOW)
        self._filled = at
