"""How alike two points are: a Matérn kernel over mixed coordinates, with a length of its own for each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sweeper.search.adaptive.coordinates import Array, Coordinate

ROOT5 = math.sqrt(5.0)
ABSENT = 0.75
"""Squared distance of an absent number from the middle of its line."""


def squares(left: Array, right: Array, coordinates: Sequence[Coordinate]) -> Array:
    """(d, n, m): squared distances by coordinate.

    Two values of a nominal coordinate are 1 apart, or 0, and what is absent is a value like any other. An absent number
    lies beside the middle of its line, about 1 from all that is there: distances of a plane, since only such make a
    kernel.
    """
    found = np.empty((len(coordinates), len(left), len(right)))
    for i, coordinate in enumerate(coordinates):
        a, b = left[:, i, None], right[None, :, i]
        if coordinate.kind == "nominal":
            found[i] = np.abs(_or(a, -1.0) - _or(b, -1.0)) > 1e-9
        else:
            found[i] = (_or(a, 0.5) - _or(b, 0.5)) ** 2
            found[i] += ABSENT * (np.isnan(a) != np.isnan(b))
    return found


def _or(values: Array, absent: float) -> Array:
    return np.where(np.isnan(values), absent, values)


def matern(distances: Array, rates: Array) -> tuple[Array, Array]:
    """(kernel, its slope by squared distance) for smoothness 5/2; rate = 1 / length^2 by coordinate.

    Rasmussen and Williams 2006, equation 4.17.
    """
    squared = np.tensordot(rates, distances, axes=1)
    root = np.sqrt(np.maximum(squared, 0.0))
    decay = np.exp(-ROOT5 * root)
    return (1 + ROOT5 * root + 5 / 3 * squared) * decay, -5 / 6 * (1 + ROOT5 * root) * decay
