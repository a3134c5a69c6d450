"""Every point of the grid once, in the order asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sweeper.errors import UserError
from sweeper.model import Point, Sweep
from sweeper.search.orders import ordered
from sweeper.search.protocol import Search
from sweeper.search.told import Told
from sweeper.space.grid import Grid
from sweeper.space.shapes import Shape


class GridSearch:
    """All points of a grid."""

    adapts = False

    def __init__(self, grid: Grid, *, order: str, seed: int) -> None:
        self._grid = grid
        self.count, self.exact = grid.count, grid.exact
        self._at = ordered(grid, order, seed)

    def propose(self, k: int, told: Sequence[Told] = ()) -> Point:
        """Point k."""
        return self._at(k)

    def contains(self, point: Point) -> bool:
        """Whether the point is in the grid."""
        return self._grid.contains(point)

    def shapes(self) -> Iterator[Shape]:
        """The shapes of the grid."""
        return self._grid.shapes()


def make(sweep: Sweep) -> Search:
    """The grid of the sweep's space."""
    if sweep.trials is not None:
        raise UserError(
            "method: grid runs every point, so `trials:` has no meaning",
            path="trials",
            hint="leave it out, or use method: random, which takes so many points of the grid",
        )
    return GridSearch(Grid(sweep.space), order=sweep.order, seed=sweep.seed)
