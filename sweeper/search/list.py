"""The points that the config lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sweeper.errors import Problem, ProblemsError, UserError
from sweeper.model import Point, Sweep
from sweeper.search.orders import refuse_order
from sweeper.search.permutation import Permutation
from sweeper.search.protocol import Search
from sweeper.search.told import Told
from sweeper.space.identity import point_id
from sweeper.space.shapes import Shape, shapes_among


class ListSearch:
    """Listed points, as given or shuffled."""

    exact = True
    adapts = False

    def __init__(self, points: tuple[Point, ...], order: Permutation | None) -> None:
        self.count = len(points)
        self._points, self._order = points, order
        self._ids = frozenset(map(point_id, points))

    def propose(self, k: int, told: Sequence[Told] = ()) -> Point:
        """Point k."""
        if not 0 <= k < self.count:
            raise IndexError(k)
        return self._points[self._order.at(k) if self._order else k]

    def contains(self, point: Point) -> bool:
        """Whether the point is listed."""
        return point_id(point) in self._ids

    def shapes(self) -> Iterator[Shape]:
        """The listed points, grouped by their parameters."""
        names = dict.fromkeys(name for point in self._points for name in point)
        return shapes_among(self._points, tuple(names))


def make(sweep: Sweep) -> Search:
    """The listed points; UserError where there are none or one is listed twice."""
    refuse_order("list", sweep.order, "shuffled")
    if not sweep.points:
        raise UserError("method: list needs points", path="points")
    _refuse_twins(sweep.points)
    order = Permutation(len(sweep.points), sweep.seed) if sweep.order == "shuffled" else None
    return ListSearch(sweep.points, order)


def _refuse_twins(points: tuple[Point, ...]) -> None:
    first: dict[str, int] = {}
    twins = [(first[key], i) for i, key in enumerate(map(point_id, points)) if first.setdefault(key, i) != i]
    if twins:
        hint = "keep one; several runs of a point are asked for by repeats:"
        raise ProblemsError(
            Problem(f"points[{i}] is the same as points[{j}]", path=f"points[{i}]", hint=hint) for j, i in twins
        )
