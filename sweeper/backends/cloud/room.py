"""How many jobs may be created now: the rate, the limit on parallel jobs, and a quota that is used up."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from sweeper.backends.cloud.hold import Hold
from sweeper.backends.cloud.patience import Patience
from sweeper.backends.protocol import Unavailable
from sweeper.clock import Clock
from sweeper.google.rate import TokenBucket


class Room:
    """Threads may share it."""

    def __init__(self, rate: TokenBucket, clock: Clock, patience: Patience, *, parallel: int | None) -> None:
        self.parallel = parallel
        self._rate = rate
        self._clock = clock
        self._hold = Hold(patience.hold, patience.longest_hold)
        self._live: set[str] = set()
        self._lock = threading.Lock()

    def free(self) -> int:
        """How many may be created now."""
        with self._lock:
            bounds = [self._rate.available(), self._hold.room(self._clock.now())]
            bounds.append(None if self.parallel is None else self.parallel - len(self._live))
        return max(0, min(bound for bound in bounds if bound is not None))

    def take(self) -> None:
        """One is about to be created. Raises Unavailable where the rate or the quota does not allow it."""
        with self._lock:
            now = self._clock.now()
            if self._hold.room(now) == 0:
                raise Unavailable("the project's quota is used up; waiting for a job to end", full=True, meanwhile="")
            if not self._rate.take():
                message, after = "the service takes no more jobs in this minute", self._rate.seconds_until()
                raise Unavailable(message, after=after, meanwhile="")
            self._hold.asked()

    def made(self) -> None:
        """It was created."""
        with self._lock:
            self._hold.made()

    def refused(self, retry_after: float | None) -> float:
        """The service found it one too many for the rate. Returns the seconds to wait."""
        self._rate.learn(retry_after=retry_after)
        return max(self._rate.seconds_until(), retry_after or 0.0)

    def full(self) -> float:
        """The service has no quota left for machines. Returns the seconds until another try."""
        with self._lock:
            return self._hold.full(self._clock.now())

    def runs(self, handles: Iterable[str]) -> None:
        """These have not ended, as far as is known."""
        with self._lock:
            self._live.update(handles)

    def ended(self, handle: str, *, full: bool) -> None:
        """It has ended; ``full``: because there was no quota for it."""
        with self._lock:
            known = handle in self._live
            self._live.discard(handle)
            if full:
                self._hold.full(self._clock.now())
            elif known:
                self._hold.ended()
