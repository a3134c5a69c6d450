"""The best so far of one sweep, against the trials that have ended and against time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

from sweeper.model import Metric
from sweeper.results.order import RANKED
from sweeper.results.source import Source

_ENDED = (
    f"SELECT point, CASE WHEN {RANKED} THEN metric END, ended FROM trials WHERE sweep = ? AND removed = 0"
    " AND state IN ('succeeded', 'failed', 'lost') AND ended IS NOT NULL ORDER BY ended, number, id"
)


class Step(NamedTuple):
    """One trial has ended, well or not: both cost the same."""

    trials: int
    """That have ended by then, this one included."""
    hours: float
    """Since the sweep was launched first."""
    best: float | None
    """So far; None before the first that has a finite number."""
    point: str
    """Whose it is; empty where there is none."""


def curve(source: Source, sweep: str, *, metric: Metric, repeats: int, begin: float) -> list[Step]:
    """A step for each ended trial, in the order in which they ended; cancelled ones are none. ``begin``: Unix seconds.

    With repeats, a point counts from the end of its last run on, with the mean of those that have a number: one run
    alone would be the best by luck.
    """
    return steps(source.select(_ENDED, (sweep,)), goal=metric.goal, repeats=repeats, begin=begin)


def steps(ended: Iterable[tuple[str, float | None, float]], *, goal: str, repeats: int, begin: float) -> list[Step]:
    """From (point, number, Unix seconds) of ended trials in their order."""
    sign = 1.0 if goal == "maximize" else -1.0
    runs: dict[str, list[float | None]] = {}
    best, whose = -math.inf, ""
    found: list[Step] = []
    for count, (point, value, time) in enumerate(ended, start=1):
        mine = runs.setdefault(point, [])
        mine.append(value)
        numbers = [one for one in mine if one is not None] if len(mine) >= repeats else []
        if numbers and sign * fmean(numbers) > best:
            best, whose = sign * fmean(numbers), point
        shown = sign * best if whose else None
        found.append(Step(count, max(0.0, time - begin) / 3600, shown, whose))
    return found


def at_trials(curve: Sequence[Step], trials: int) -> float | None:
    """The best once so many trials had ended."""
    return curve[trials - 1].best if 0 < trials <= len(curve) else None


def at_hours(curve: Sequence[Step], hours: float) -> float | None:
    """The best at that age of the sweep."""
    return next((step.best for step in reversed(curve) if step.hours <= hours), None)
