"""How alike two points are: a Matérn kernel over mixed coordinates, with a length of its own for each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sweeper.search.adaptive.coordinates import Array, Coordinate

ROOT5 = math.sqrt(5.0)


def squares(left: Array, right: Array, coordinates: Sequence[Coordinate]) -> Array:
    """(d, n, m): squared distances by coordinate.

    Two values of a nominal coordinate are 1 apart, or 0; what is absent is 1 from what is there (of any kind), and 0
    from what is absent as well.
    """
    found = np.empty((len(coordinates), len(left), len(right)))
    for i, coordinate in enumerate(coordinates):
        a, b = left[:, i, None], right[None, :, i]
        gone = np.isnan(a), np.isnan(b)
        if coordinate.kind == "nominal":
            apart = (np.abs(a - b) > 1e-9).astype(float)
        else:
            apart = (a - b) ** 2
        found[i] = np.where(gone[0] | gone[1], (gone[0] != gone[1]).astype(float), apart)
    return found


def matern(distances: Array, rates: Array) -> tuple[Array, Array]:
    """(kernel, its slope by squared distance) for smoothness 5/2; rate = 1 / length^2 by coordinate.

    Rasmussen and Williams 2006, equation 4.17.
    """
    squared = np.tensordot(rates, distances, axes=1)
    root = np.sqrt(np.maximum(squared, 0.0))
    decay = np.exp(-ROOT5 * root)
    return (1 + ROOT5 * root + 5 / 3 * squared) * decay, -5 / 6 * (1 + ROOT5 * root) * decay
