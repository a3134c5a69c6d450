"""How much of the metric's variance each parameter explains by itself, by groups of its values."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sweeper.results.importance.chance import by_chance
from sweeper.results.importance.effects import Effect, Importance, largest_first
from sweeper.results.report.axes import Axis
from sweeper.results.report.bins import bins

_GROUPS = 8


def by_groups(axes: Sequence[Axis], metric: Sequence[float | None]) -> Importance:
    """Nothing of a parameter where there are too few numbers to tell.

    The share is epsilon squared (T. L. Kelley, "An unbiased correlation ratio measure", PNAS 21, 1935): the part of
    the variance that lies between groups of equal value, less what as many groups of noise would explain. Whatever
    only shows together with another parameter is not in it. A row without the parameter is a group of its own.
    """
    effects = [effect for axis in axes if (effect := _effect(axis.name, _groups(axis, metric))) is not None]
    many = sum(value is not None and math.isfinite(value) for value in metric)
    return Importance("groups", many, largest_first(effects))


def _groups(axis: Axis, metric: Sequence[float | None]) -> list[list[float]]:
    groups: dict[int | None, list[float]] = {}
    for group, value in zip(bins(axis, _GROUPS).of, metric, strict=True):
        if value is not None and math.isfinite(value):
            groups.setdefault(group, []).append(value)
    return list(groups.values())


def _effect(name: str, groups: Sequence[Sequence[float]]) -> Effect | None:
    values = [value for group in groups for value in group]
    free = len(values) - len(groups)
    if free < 1 or len(groups) < 2:
        return None
    scale = max(map(abs, values)) or 1.0  # squares of very large numbers would overflow
    total = _squares([value / scale for value in values])
    within = math.fsum(_squares([value / scale for value in group]) for group in groups)
    if total <= 0:
        return None
    between = len(groups) - 1
    share = max(0.0, (total - within - between * within / free) / total)
    return Effect((name,), share, by_chance(max(0.0, total - within), between, within, free))


def _squares(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)
