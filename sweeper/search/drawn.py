"""What the methods share whose points are drawn from continuous ranges."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.model import Point, Space, Sweep
from sweeper.search.told import Told
from sweeper.space.grid import Grid
from sweeper.space.identity import point_id
from sweeper.space.shapes import Shape
from sweeper.space.standins import representative


class DrawnSearch:
    """As many points as asked for, each made by ``draw`` from its number."""

    exact = True
    adapts = False

    def __init__(self, space: Space, count: int, draw: Callable[[int], Point]) -> None:
        self.count = count
        self._space, self._draw = space, draw

    def propose(self, k: int, told: Sequence[Told] = ()) -> Point:
        """Point k."""
        if not 0 <= k < self.count:
            raise IndexError(k)
        return self._draw(k)

    def contains(self, point: Point) -> bool:
        """Whether the point is among those drawn; the first call draws them all, 8 bytes each."""
        number = int(point_id(point), 16)
        place = bisect_left(self._ids, number)
        return place < len(self._ids) and self._ids[place] == number

    def shapes(self) -> Iterator[Shape]:
        """The shapes of a grid of telling values; the counts are upper bounds."""
        for shape in Grid(representative(self._space)).shapes():
            yield replace(shape, count=self.count)

    @cached_property
    def _ids(self) -> array[int]:
        return array("Q", sorted(int(point_id(self._draw(k)), 16) for k in range(self.count)))


def trials_of(sweep: Sweep) -> int:
    """How many points a sampling method is asked for."""
    if sweep.trials is None:
        hint = "give it as `trials: 40`"
        raise UserError(f"method: {sweep.method} must be told how many points to draw", path="trials", hint=hint)
    if sweep.trials < 1:
        raise UserError(f"expected at least 1, found {sweep.trials}", path="trials")
    return sweep.trials
