"""Many measurements of a trial -> the one number that it is ranked by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sweeper.lean import replace
from sweeper.model import Measurement, Metric

MISSING = "no measurement"
"""How the note begins of a trial that has reported no metric of that name."""


def reduce(values: Sequence[Measurement], metric: Metric, *, early: bool = False) -> tuple[float | None, str]:
    """The trial's number and, where it cannot be ranked, why.

    ``values`` are in the order in which they arrived and may hold other metrics. ``last`` takes the latest, whatever
    it is; ``best``, ``max`` and ``min`` look at the finite ones only, unless there are none. A number that is not
    finite is returned with the note ``nan``, ``inf`` or ``-inf``: it ranks last and never wins.

    ``early``: a rule has stopped the trial. Its last measurement is nobody's choice, so ``last`` takes its best then.
    """
    if early and metric.reduce == "last":
        metric = replace(metric, reduce="best")
    mine = [one.value for one in values if one.metric == metric.name]
    if not mine:
        return None, missing(metric.name) + _instead(values)
    if metric.reduce == "last":
        value = mine[-1]
    else:
        value = _pick(metric)([one for one in mine if math.isfinite(one)] or mine[-1:])
    return value, "" if math.isfinite(value) else str(value)


def _pick(metric: Metric) -> Callable[[list[float]], float]:
    highest = metric.reduce == "max" or (metric.reduce == "best" and metric.goal == "maximize")
    return max if highest else min


def missing(name: str) -> str:
    """What is noted of a trial that has reported no metric of that name."""
    return f"{MISSING} named {name!r}"


def _instead(values: Sequence[Measurement]) -> str:
    found = dict.fromkeys(one.metric for one in values)
    return f" (found: {', '.join(found)})" if found else " (none at all)"
