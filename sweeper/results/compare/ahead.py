"""Which of several curves is ahead at the same budget: as many trials each, or as many hours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sweeper.lean import dataclass
from sweeper.results.compare.curve import Step, at_hours, at_trials


@dataclass(frozen=True, slots=True)
class Ahead:
    """All sweeps at one budget."""

    unit: str
    """``trials`` or ``hours``."""
    budget: float
    """The largest that all of them have used."""
    best: Mapping[str, float | None]
    """Of each sweep, by its id; None where it had no number by then."""
    first: tuple[str, ...]
    """Whoever has the best of them; several where they are equal, none where nobody has a number."""


def ahead(curves: Mapping[str, Sequence[Step]], goal: str) -> tuple[Ahead, ...]:
    """At as many trials each, and at as many hours since the launch; nothing where a sweep has no ended trial."""
    if not curves or not all(curves.values()):
        return ()
    trials = min(map(len, curves.values()))
    hours = min(steps[-1].hours for steps in curves.values())
    return (
        _at("trials", trials, {sweep: at_trials(steps, trials) for sweep, steps in curves.items()}, goal),
        _at("hours", hours, {sweep: at_hours(steps, hours) for sweep, steps in curves.items()}, goal),
    )


def _at(unit: str, budget: float, best: Mapping[str, float | None], goal: str) -> Ahead:
    sign = 1.0 if goal == "maximize" else -1.0
    top = max((sign * value for value in best.values() if value is not None), default=math.nan)
    return Ahead(unit, budget, best, tuple(sweep for sweep, value in best.items() if value == sign * top))
