"""What one trial has reported so far, in three numbers."""

from __future__ import annotations

from math import inf, isfinite

from sweeper.lean import dataclass


@dataclass
class History:
    """Values as a rule gets them: higher is better, minus infinity for no number."""

    last: float = -inf
    """The latest step; one that is not later was heard before, or is the start of another attempt."""
    best: float = -inf
    best_step: int = 0
    average: float = -inf
    """Over the reports up to now. One that is no number makes it none."""
    _count: int = 0

    def add(self, step: int, value: float, *, by: float = 0.0) -> bool:
        """Take in a report; False where it is none of a new step. The best has to be beaten by more than ``by``."""
        if step <= self.last:
            return False
        self.last = step
        self._count += 1
        self.average = self._averaged(value)
        if self._count == 1 or value > self.best + by:
            self.best, self.best_step = value, step
        return True

    def _averaged(self, value: float) -> float:
        """Of values that are all the same, exactly that: rounding must make nobody worse than his like."""
        if self._count == 1:
            return value
        return self.average + (value - self.average) / self._count if isfinite(value + self.average) else -inf
