"""``gp``: Bayesian search by a Gaussian process, without any library heavier than scipy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sweeper.model import Point
from sweeper.search.adaptive.acquisition import promise
from sweeper.search.adaptive.candidates import search
from sweeper.search.adaptive.coordinates import Array, Coordinates
from sweeper.search.adaptive.gp import likely
from sweeper.search.adaptive.history import History
from sweeper.search.adaptive.warp import warped

MOST = 200
"""Measured trials that a process is fitted to: its cost grows with their third power."""
GOOD = 5


def propose(coordinates: Coordinates, past: History, k: int, seed: int) -> Iterator[Point]:
    """The most promising points, best first; nothing has to be measured yet, but then it is a guess."""
    chance = np.random.default_rng(seed)
    values = warped(past.values)
    kept = _kept(values)
    at, values = past.measured[kept], values[kept]
    processes = likely(at, values, coordinates.all, chance=chance)
    good = at[np.argsort(-processes[0].mean(at), kind="stable")[:GOOD]]
    for vector in search(coordinates, promise(processes, values, past, chance), good, chance):
        point = coordinates.decode(vector)
        if point is not None:
            yield point


def _kept(values: Array) -> NDArray[np.intp]:
    """Which trials count where there are too many: the best half of those, and the newest of the others."""
    if len(values) <= MOST:
        return np.arange(len(values))
    best = np.argsort(-values, kind="stable")[: MOST // 2]
    others = np.setdiff1d(np.arange(len(values)), best)[-(MOST - MOST // 2) :]
    return np.sort(np.concatenate([best, others]))
