"""What has been told, as arrays: what was measured, what failed, what still runs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    """(m, d): the trainer failed, or what it reported is no number."""
    running: Array
    """(r, d)"""

    @property
    def count(self) -> int:
        """Trials that have a value."""
        return len(self.values)


def history(told: Iterable[Told], coordinates: Coordinates, *, maximize: bool) -> History:
    """Points that are not of this space are left out, so is what says nothing: a cancelled trial."""
    measured, values, numbers, failed, running = [], [], [], [], []
    for one in told:
        if one.state == "cancelled" or not coordinates.contains(one.point):
            continue
        vector = coordinates.encode(one.point)
        if one.state == "running" and one.value is None:
            running.append(vector)
        elif one.value is None or not math.isfinite(one.value) or one.state == "failed":
            failed.append(vector)
        else:
            measured.append(vector)
            values.append(one.value if maximize else -one.value)
            numbers.append(one.number)
    width = len(coordinates.all)
    return History(
        _rows(measured, width),
        np.array(values, float),
        np.array(numbers, np.intp),
        _rows(failed, width),
        _rows(running, width),
    )


def _rows(vectors: list[list[float]], width: int) -> Array:
    return np.array(vectors, float).reshape(len(vectors), width)
