"""Values of one axis put into a few groups, for what needs groups: importance and the heat map."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise

from sweeper.lean import dataclass
from sweeper.results.report.axes import Axis


@dataclass(frozen=True, slots=True)
class Bins:
    """The groups of an axis."""

    labels: tuple[str, ...]
    of: tuple[int | None, ...]
    """The group of each row; None where the row has no value."""


def bins(axis: Axis, most: int) -> Bins:
    """Each value its own group where there are at most ``most``; else so many equal parts of the drawn scale."""
    if axis.words is not None:
        return Bins(axis.words, axis.values)
    known = sorted({value for value in axis.values if value is not None})
    if len(known) <= most:
        places = {value: place for place, value in enumerate(known)}
        return Bins(tuple(f"{value:.6g}" for value in known), tuple(map(places.get, axis.values)))
    edges = _edges(known[0], known[-1], most, log=axis.log)
    labels = tuple(f"{low:.3g} to {high:.3g}" for low, high in pairwise(edges))
    return Bins(labels, tuple(None if v is None else bisect_right(edges, v, 1, most) - 1 for v in axis.values))


def _edges(low: float, high: float, parts: int, *, log: bool) -> list[float]:
    if log:
        return [math.exp(edge) for edge in _edges(math.log(low), math.log(high), parts, log=False)]
    return [low + (high - low) * part / parts for part in range(parts + 1)]
