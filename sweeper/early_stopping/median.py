"""``median``: a trial is stopped once even its best is below the median of the others' averages up to the same step.

Golovin, Solnik, Moitra, Kochanski, Karro and Sculley, "Google Vizier: A Service for Black-Box Optimization" (KDD 2017),
section 3.2.2; asynchronous: the others are all trials that have reported that step by then, not just those that ended.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from math import isfinite

from sweeper.early_stopping.history import History
from sweeper.model import EarlyStopping, Metric


class Median:
    """Judges at each report from ``min_steps`` on, where ``min_trials`` others have reported that step."""

    def __init__(self, settings: EarlyStopping) -> None:
        self._first = settings.min_steps
        self._least = settings.min_trials
        self._averages: dict[int, list[float]] = {}
        """By step, sorted."""
        self._trials: dict[str, History] = {}
        self._stopped: set[str] = set()

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Judge it at this step."""
        mine = self._trials.setdefault(trial, History())
        if not mine.add(step, value):
            return {}
        others = self._averages.setdefault(step, [])
        middle = _median(others) if others else -float("inf")
        count = len(others)
        insort(others, mine.average)
        if step < self._first or count < self._least or mine.best >= middle or trial in self._stopped:
            return {}
        self._stopped.add(trial)
        return {trial: f"below the median of {count} others at step {step}"}


def _median(values: list[float]) -> float:
    """Of sorted values; of an even number the mean of the two in the middle."""
    half = len(values) // 2
    low, high = values[(len(values) - 1) // 2], values[half]
    return (low + high) / 2 if isfinite(low) else low


def make(settings: EarlyStopping, metric: Metric) -> Median:
    """The rule."""
    return Median(settings)
