"""What is known of trials without looking at their folders: what our keeper said, and what the last look gave."""

from __future__ import annotations

from sweeper.lean import dataclass, field
from sweeper.model import Observation

SOON = 0.2
"""Seconds after its start from which a running trial is worth a look."""
METRICS_EVERY = 2.0
"""Seconds between two readings of a running trial's metrics."""
METRICS_OFTEN = 0.5
"""The same where trials are stopped by what they report: how late that is heard."""


@dataclass
class News:
    """By the attempt's folder."""

    every: float = METRICS_EVERY
    began: dict[str, float] = field(default_factory=dict)
    """When our keeper said that a trial has begun."""
    ended: set[str] = field(default_factory=set)
    """Of which our keeper said that they have ended."""
    _last: dict[str, tuple[Observation, float]] = field(default_factory=dict)

    def remember(self, path: str, seen: Observation, now: float) -> None:
        """What a look gave."""
        self._last[path] = seen, now

    def forget(self, path: str) -> None:
        """The trial has ended and was looked at."""
        self.began.pop(path, None)
        self.ended.discard(path)
        self._last.pop(path, None)

    def still(self, path: str, now: float) -> Observation | None:
        """What was seen last, where another look is not worth it; None where it is.

        Of a trial that our keeper has: not before it has begun, and not often while it runs. A trial that takes
        moments is looked at once, at its end.
        """
        if path in self.ended or path not in self._last:
            return None
        last, looked = self._last[path]
        began = self.began.get(path)
        if began is None or now - began < SOON:
            return last
        return None if now - looked >= self.every or looked < began + SOON else last
