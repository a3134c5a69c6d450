"""A search that learns: quasi-random points to begin with, then what a model proposes, never a point twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

from sweeper.lean import replace
from sweeper.model import Point, Sweep
from sweeper.search import random, sobol
from sweeper.search.adaptive.coordinates import Coordinates
from sweeper.search.adaptive.history import History, history
from sweeper.search.adaptive.threads import one_thread
from sweeper.search.drawn import trials_of
from sweeper.search.hashing import number
from sweeper.search.orders import refuse_order
from sweeper.search.told import Told
from sweeper.space.grid import Grid
from sweeper.space.identity import point_id
from sweeper.space.shapes import Shape
from sweeper.space.standins import as_grid, representative

Model = Callable[[Coordinates, History, int, int], Iterator[Point]]
"""(coordinates, what is known, number of the proposal, seed) -> points, the best first. Pure."""

START = 8
"""Points of a quasi-random sequence at the beginning."""
LEAST = 4
"""Trials that must have a value before a model is asked."""
MOST_DRAWN = 1000
"""Random points that are tried where a model has nothing new to propose."""


class AdaptiveSearch:
    """One model over one space."""

    exact = True
    adapts = True

    def __init__(self, sweep: Sweep, model: Model) -> None:
        refuse_order(sweep.method, sweep.order)
        self._sweep, self._model = sweep, model
        self.coordinates = Coordinates(sweep.space)
        grid = as_grid(sweep.space)
        self._grid = Grid(grid) if grid else None
        asked = trials_of(sweep)
        self.count = min(asked, self._grid.count) if self._grid is not None else asked
        self._start = sobol.make(replace(sweep, trials=1_000_000))

    def propose(self, k: int, told: Sequence[Told] = ()) -> Point:
        """Point k, which is none of those in ``told``; IndexError where the space has no other."""
        if not 0 <= k < self.count:
            raise IndexError(k)
        known = {point_id(one.point) for one in told}
        with one_thread():
            for point in self._proposals(k, told):
                if point_id(point) not in known:
                    return point
        raise IndexError(k)

    def contains(self, point: Point) -> bool:
        """Whether it is a point of the space: any of them may be proposed."""
        return self.coordinates.contains(point)

    def shapes(self) -> Iterator[Shape]:
        """The shapes of a grid of telling values; the counts are upper bounds."""
        for shape in Grid(representative(self._sweep.space)).shapes():
            yield replace(shape, count=self.count)

    def _proposals(self, k: int, told: Sequence[Told]) -> Iterator[Point]:
        past = history(told, self.coordinates, self._sweep.metric)
        seed = number("adaptive", self._sweep.seed, k)
        if not self.coordinates.all:
            return self._others(seed)
        if len(told) < START or past.count < LEAST:
            return chain(islice(self._spread(k), 8), self._others(seed))
        return chain(self._model(self.coordinates, past, k, seed), self._others(seed))

    def _spread(self, k: int) -> Iterator[Point]:
        while True:
            yield self._start.propose(k)
            k += self.count

    def _others(self, seed: int) -> Iterator[Point]:
        """What chance finds; of a finite space every point in the end."""
        drawn = random.drawing(self._sweep.space, seed)
        for k in range(MOST_DRAWN):
            yield drawn(k)
        if self._grid is not None:
            yield from map(self._grid.point, range(self._grid.count))
