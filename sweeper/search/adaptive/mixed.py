"""``auto``: a Gaussian process and a Parzen estimator take turns.

Where one of the two is misled (the process by cliffs and many words, the estimator by interactions), the other is not,
and each learns from what the other tried. docs/search.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.model import Point
from sweeper.search.adaptive import gaussian, parzen
from sweeper.search.adaptive.coordinates import Coordinates
from sweeper.search.adaptive.history import History

TURNS = 2
"""Every so many proposals one is the estimator's."""


def propose(coordinates: Coordinates, past: History, k: int, seed: int) -> Iterator[Point]:
    """What the one whose turn it is proposes."""
    if k % TURNS == 0:
        return parzen.propose(coordinates, past, k, seed)
    return gaussian.propose(coordinates, past, k, seed)
