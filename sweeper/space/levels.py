"""Coarse to fine: the ends of every range first, then the middles, the quarters, the eighths; each point once.

A row's level says how finely its range must be cut before it appears. The points of level L are those whose finest row
has level L: a diagram over the rows of level L or less, that leaves out the points which have no row of level L.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sweeper.model import Point
from sweeper.space.diagram import Diagram
from sweeper.space.grid import Grid
from sweeper.space.rules import Rows
from sweeper.space.skipping import Skipper


def levels(size: int) -> tuple[int, ...]:
    """The level of each of so many rows: 0 for both ends, 1 for the middle, 2 for the quarters, and so on."""
    found = [0] * size
    gaps = [(0, size - 1)]
    level = 0
    while gaps:
        level += 1
        halves = []
        for low, high in gaps:
            if high - low > 1:
                middle = (low + high) // 2
                found[middle] = level
                halves += [(low, middle), (middle, high)]
        gaps = halves
    return tuple(found)


class CoarseToFine:
    """The points of a grid by level; those of one level in the grid's own order."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._levels = [levels(axis.size) if axis.ordered else (0,) * axis.size for axis in grid.axes]
        self._diagrams: list[Diagram] = []
        self._starts: list[int] = []
        self._skipper = None if grid.exact else Skipper(lambda k: (self._candidate(k), k + 1), grid.count)

    def point(self, k: int) -> Point:
        """Point k in this order; IndexError past the last."""
        if not 0 <= k < self._grid.count:
            raise IndexError(k)
        return self._skipper.point(k) if self._skipper is not None else self._grid.assemble(self._at(k))

    def _candidate(self, k: int) -> Point | None:
        rows = self._at(k)
        return self._grid.assemble(rows) if self._grid.filtered.broken_at(rows) is None else None

    def _at(self, k: int) -> list[int]:
        while not self._diagrams or k >= self._starts[-1] + self._diagrams[-1].count:
            self._refine()
        level = bisect_right(self._starts, k) - 1
        return self._diagrams[level].at(k - self._starts[level])

    def _refine(self) -> None:
        level = len(self._diagrams)
        self._starts.append(self._starts[-1] + self._diagrams[-1].count if level else 0)
        rules = self._grid.counted.excluding(self._coarser(level)) if level else self._grid.counted
        self._diagrams.append(Diagram([_up_to(level, axis) for axis in self._levels], rules))

    def _coarser(self, level: int) -> Rows:
        """The rows that do not make a point one of this level."""
        return {
            i: frozenset(row for row, its in enumerate(axis) if its < level)
            for i, axis in enumerate(self._levels)
            if max(axis) >= level
        }


def _up_to(level: int, axis: Sequence[int]) -> Sequence[int]:
    return tuple(row for row, its in enumerate(axis) if its <= level)
