"""Random points: from a finite space each at most once, from continuous ranges by a hash of seed, number and name.

Because a value depends on its own parameter's name, adding a parameter leaves the values of the others as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sweeper.errors import UserError
from sweeper.model import Point, Space, Sweep
from sweeper.search.drawn import DrawnSearch, trials_of
from sweeper.search.hashing import fraction
from sweeper.search.orders import refuse_order
from sweeper.search.permutation import Permutation
from sweeper.search.protocol import Search
from sweeper.search.told import Told
from sweeper.space.grid import Grid
from sweeper.space.sampling import Sampler
from sweeper.space.shapes import Shape
from sweeper.space.standins import as_grid

MOST_TRIES = 1000
"""For one point, before the rules are said to leave too little."""


class Subset:
    """The first points of a shuffled grid."""

    exact = True
    adapts = False

    def __init__(self, grid: Grid, count: int, seed: int) -> None:
        self.count = count
        self._grid, self._order = grid, Permutation(grid.count, seed)

    def propose(self, k: int, told: Sequence[Told] = ()) -> Point:
        """Point k."""
        if not 0 <= k < self.count:
            raise IndexError(k)
        return self._grid.point(self._order.at(k))

    def contains(self, point: Point) -> bool:
        """Whether the point is among those chosen."""
        index = self._grid.index(point)
        return index is not None and self._order.place(index) < self.count

    def shapes(self) -> Iterator[Shape]:
        """The shapes of the whole grid; the counts are upper bounds."""
        return self._grid.shapes()


def make(sweep: Sweep) -> Search:
    """Random points of the sweep's space; UserError where it has fewer than asked for."""
    refuse_order("random", sweep.order)
    trials = trials_of(sweep)
    space = as_grid(sweep.space)
    grid = Grid(space) if space else None
    if grid is None or not grid.exact:
        return DrawnSearch(sweep.space, trials, drawing(sweep.space, sweep.seed))
    if trials > grid.count:
        raise UserError(
            f"expected at most {grid.count}, which is all the points there are, found {trials}",
            path="trials",
            hint=f"write `trials: {grid.count}`, or use method: grid, which runs them all" if grid.count else "",
        )
    return Subset(grid, trials, sweep.seed)


def drawing(space: Space, seed: int) -> Callable[[int], Point]:
    """Random point k of a space; UserError where its rules leave (nearly) nothing to draw from."""
    sampler = Sampler(space)

    def draw(k: int) -> Point:
        for turn in range(MOST_TRIES):
            point = sampler.point(partial(fraction, "random", seed, k, turn))
            if point is not None:
                return point
        raise UserError(
            f"{MOST_TRIES} random points in a row break the constraints or exclusions",
            hint="loosen them, or make the ranges smaller, so that more of the space is allowed",
        )

    return draw
