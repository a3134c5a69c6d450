"""What has been told, as arrays: what was measured, what failed, what still runs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweeper.model import Metric
from sweeper.search.adaptive.coordinates import Array, Coordinates
from sweeper.search.told import Told


@dataclass(frozen=True)
class History:
    """Rows are vectors of coordinates, in the order of the proposals."""

    measured: Array
    """(n, d)"""
    values: Array
    """(n,): of what was measured; higher is better, whatever the metric's goal."""
    numbers: NDArray[np.intp]
    """(n,): of the same proposals; below 0 where they are of an earlier sweep."""
    failed: Array
    """(m, d): the trainer failed, or what it reported is no number, or breaks a condition on metrics."""
    running: Array
    """(r, d)"""
    objectives: Array
    """(n, m): of what was measured all objectives, ``values`` the first of them; higher is better."""
    violated: NDArray[np.intp]
    """(n,): conditions on metrics that it breaks; with one objective such a trial is among ``failed``."""

    @property
    def count(self) -> int:
        """Trials that have a value."""
        return len(self.values)


def history(told: Iterable[Told], coordinates: Coordinates, metric: Metric) -> History:
    """Points that are not of this space are left out, so is what says nothing: a cancelled trial."""
    measured, values, numbers, violated, failed, running = [], [], [], [], [], []
    for one in told:
        if one.state == "cancelled" or not coordinates.contains(one.point):
            continue
        vector, found = coordinates.encode(one.point), _numbers(one, metric)
        if one.state == "running" and one.value is None:
            running.append(vector)
        elif found is None or one.state == "failed" or (one.violated and not metric.more):
            failed.append(vector)
        else:
            measured.append(vector)
            values.append(found)
            violated.append(one.violated)
            numbers.append(one.number)
    width = len(coordinates.all)
    objectives = _rows(values, len(metric.objectives))
    return History(
        _rows(measured, width),
        objectives[:, 0],
        np.array(numbers, np.intp),
        _rows(failed, width),
        _rows(running, width),
        objectives,
        np.array(violated, np.intp),
    )


def _numbers(one: Told, metric: Metric) -> list[float] | None:
    """Of each objective, higher is better; None where one is missing."""
    found = []
    for value, each in zip((one.value, *one.values), metric.objectives, strict=False):
        if value is None or not math.isfinite(value):
            return None
        found.append(value if each.goal == "maximize" else -value)
    return found if len(found) == len(metric.objectives) else None


def _rows(vectors: list[list[float]], width: int) -> Array:
    return np.array(vectors, float).reshape(len(vectors), width)
