"""Points as vectors: each dimension that varies is a number from 0 to 1, NaN where its parameter is absent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sweeper.lean import dataclass
from sweeper.model import Point, Range, Space, Value
from sweeper.space.axes import Axis
from sweeper.space.conditions import Condition
from sweeper.space.identity import value_text
from sweeper.space.sampling import Dimension, Sampler
from sweeper.space.values import fraction_of

Array = NDArray[np.float64]

MOST_LEVELS = 1000
"""Steps of a linear range of whole numbers beyond which it is as good as continuous."""


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One dimension."""

    name: str
    kind: Literal["real", "ordinal", "nominal"]
    levels: int = 0
    """Of an ordinal or nominal one: level i is the number (i + 1/2) / levels."""


@dataclass(frozen=True, slots=True)
class Where:
    """A coordinate has one of these levels."""

    coordinate: int
    levels: frozenset[int]
    of: int

    def holds(self, vectors: Array) -> NDArray[np.bool_]:
        """(n,): for which rows of settled vectors, before what is absent is marked."""
        found: NDArray[np.bool_] = np.isin(np.floor(vectors[:, self.coordinate] * self.of), list(self.levels))
        return found


class Coordinates:
    """The dimensions of a space that vary, and the way there and back."""

    def __init__(self, space: Space) -> None:
        self._sampler = Sampler(space)
        self._dimensions = tuple(one for one in self._sampler.dimensions if one.varies)
        self.all = tuple(map(_coordinate, self._dimensions))
        self._presence = presence(self._dimensions, self.all, self._sampler.presence)

    def encode(self, point: Point) -> list[float]:
        """The vector of a point of this space."""
        return [_place(dimension, point) for dimension in self._dimensions]

    def decode(self, vector: Sequence[float]) -> Point | None:
        """The point at a vector; None where a rule leaves it out. What is absent there may be any number."""
        where = {
            dimension.name: 0.5 if math.isnan(value) else min(max(float(value), 0.0), 1.0)
            for dimension, value in zip(self._dimensions, vector, strict=True)
        }
        return self._sampler.point(where.__getitem__)

    def settled(self, vectors: Array) -> Array:
        """Each coordinate in the middle of its level, or NaN where it is absent; no other rule is asked."""
        found = np.clip(vectors, 0.0, 1.0)
        for i, one in enumerate(self.all):
            if one.levels:
                found[:, i] = (np.minimum(np.floor(found[:, i] * one.levels), one.levels - 1) + 0.5) / one.levels
        gone = [(i, ~np.all([where.holds(found) for where in its], axis=0)) for i, its in self._presence.items()]
        for i, rows in gone:
            found[rows, i] = np.nan
        return found

    def contains(self, point: Point) -> bool:
        """Whether it is a point of the space: the right parameters, each within its domain, and no rule against it."""
        return self._sampler.contains(point)


def presence(
    dimensions: Sequence[Dimension], coordinates: Sequence[Coordinate], conditions: Mapping[str, Condition]
) -> dict[int, list[Where]]:
    """When each conditional coordinate is there. A condition on a continuous range is left to ``decode``."""
    places = {name: (i, j) for i, one in enumerate(dimensions) for j, name in enumerate(one.names)}
    found: dict[int, list[Where]] = {}
    for name, condition in conditions.items():
        if name not in places:
            continue
        its = [_where(*places[parent], texts, dimensions) for parent, texts in condition.items() if parent in places]
        found[places[name][0]] = [where for where in its if where is not None]
    return {i: its for i, its in found.items() if its}


def _where(i: int, column: int, texts: frozenset[str], dimensions: Sequence[Dimension]) -> Where | None:
    domain = dimensions[i].domain
    if isinstance(domain, Range):
        return None
    rows = frozenset(row for row, text in enumerate(domain.texts[column]) if text in texts)
    return Where(i, rows, domain.size)


def _coordinate(dimension: Dimension) -> Coordinate:
    domain = dimension.domain
    if isinstance(domain, Axis):
        ordered = domain.ordered or all(_ascends(column) for column in domain.columns)
        return Coordinate(dimension.name, "ordinal" if ordered else "nominal", domain.size)
    levels = int(domain.max) - int(domain.min) + 1 if domain.integer else 0
    if domain.integer and domain.scale == "linear" and levels <= MOST_LEVELS:
        return Coordinate(dimension.name, "ordinal", levels)
    return Coordinate(dimension.name, "real")


def _ascends(column: Sequence[Value]) -> bool:
    """Three numbers or more that only go up, or only down, lie between each other."""
    numbers = [value for value in column if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) < max(3, len(column)):
        return False
    return numbers in (sorted(numbers), sorted(numbers, reverse=True))


def _place(dimension: Dimension, point: Mapping[str, Value]) -> float:
    if any(name not in point for name in dimension.names):
        return math.nan
    domain = dimension.domain
    if isinstance(domain, Range):
        value = point[dimension.names[0]]
        assert isinstance(value, (int, float))
        return fraction_of(domain, value)
    row = domain.rows[tuple(value_text(point[name]) for name in dimension.names)]
    return (row + 0.5) / domain.size
