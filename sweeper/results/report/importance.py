"""How much of the metric's variance each parameter explains by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sweeper.results.report.axes import Axis
from sweeper.results.report.bins import bins

_GROUPS = 8


def importance(axes: Sequence[Axis], metric: Sequence[float | None]) -> list[tuple[str, float]]:
    """(parameter, share from 0 to 1), the largest first; empty where there are too few numbers to tell.

    The share is epsilon squared (T. L. Kelley, "An unbiased correlation ratio measure", PNAS 21, 1935): the part of
    the variance that lies between groups of equal value, less what as many groups of noise would explain. Whatever
    only shows together with another parameter is not in it. A row without the parameter is a group of its own.
    """
    shares = []
    for axis in axes:
        share = _share(_groups(axis, metric))
        if share is not None:
            shares.append((axis.name, share))
    return sorted(shares, key=lambda one: -one[1])


def _groups(axis: Axis, metric: Sequence[float | None]) -> list[list[float]]:
    groups: dict[int | None, list[float]] = {}
    for group, value in zip(bins(axis, _GROUPS).of, metric, strict=True):
        if value is not None and math.isfinite(value):
            groups.setdefault(group, []).append(value)
    return list(groups.values())


def _share(groups: Sequence[Sequence[float]]) -> float | None:
    values = [value for group in groups for value in group]
    free = len(values) - len(groups)
    if free < 1 or len(groups) < 2:
        return None
    scale = max(map(abs, values)) or 1.0  # squares of very large numbers would overflow
    total = _squares([value / scale for value in values])
    within = math.fsum(_squares([value / scale for value in group]) for group in groups)
    if total <= 0:
        return None
    return max(0.0, (total - within - (len(groups) - 1) * within / free) / total)


def _squares(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)
