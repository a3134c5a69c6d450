"""Looks for the vector of the highest promise: everywhere, near what is good already, then ever finer."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sweeper.search.adaptive.coordinates import Array, Coordinates

EVERYWHERE = 512
NEARBY = 256
STEPS = (0.3, 0.1, 0.03)
"""How far from what is good."""
CLIMBS = (0.1, 0.05, 0.025, 0.0125, 0.006, 0.003, 0.0015)
CLIMBERS = 4
CHILDREN = 32


def search(
    coordinates: Coordinates, promise: Callable[[Array], Array], good: Array, chance: np.random.Generator
) -> Array:
    """Vectors of points, the most promising first. ``good``: some of the best so far, best first."""
    start = [chance.random((EVERYWHERE, len(coordinates.all)))]
    start += [_moved(good[chance.integers(len(good), size=NEARBY)], step, coordinates, chance) for step in STEPS]
    found = np.unique(coordinates.settled(np.concatenate(start)), axis=0)
    found, worth = _sorted(found, promise(found))
    for step in CLIMBS:
        parents = _allowed(found, coordinates)
        if not len(parents):
            break
        children = coordinates.settled(_moved(np.repeat(found[parents], CHILDREN, axis=0), step, coordinates, chance))
        found, worth = _sorted(
            np.concatenate([found[parents], children]), np.concatenate([worth[parents], promise(children)])
        )
    return found


def _allowed(vectors: Array, coordinates: Coordinates) -> NDArray[np.intp]:
    """Places of the first few vectors that no rule leaves out."""
    places = (i for i, vector in enumerate(vectors) if coordinates.decode(vector) is not None)
    return np.array(list(islice(places, CLIMBERS)), np.intp)


def _moved(parents: Array, step: float, coordinates: Coordinates, chance: np.random.Generator) -> Array:
    """Each with some coordinates changed, one at least: a number by a normal step, a word for any other."""
    count, width = parents.shape
    share = max(0.25, 1.5 / width)
    moves = chance.random((count, width)) < share
    moves[np.arange(count), chance.integers(width, size=count)] = True
    steps, anew = chance.standard_normal((count, width)), chance.random((count, width))
    found = np.where(np.isnan(parents), anew, parents)
    for i, one in enumerate(coordinates.all):
        if one.kind == "nominal":
            moved = np.where(chance.random(count) < math.sqrt(step), anew[:, i], found[:, i])
        else:
            reach = np.maximum(step, 0.7 / one.levels) if one.levels else step
            moved = _reflected(found[:, i] + reach * steps[:, i])
        found[:, i] = np.where(moves[:, i], moved, found[:, i])
    return found


def _reflected(values: Array) -> Array:
    """Back into 0 to 1, as from a mirror, once; ends stay in reach."""
    return np.clip(np.where(values < 0, -values, np.where(values > 1, 2 - values, values)), 0.0, 1.0)


def _sorted(vectors: Array, worth: Array) -> tuple[Array, Array]:
    order = np.argsort(-worth, kind="stable")
    return vectors[order], worth[order]
