"""What of a sweep the check looks at: the shapes of a grid, or each point where the points are listed or drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from sweeper.lean import replace
from sweeper.model import Choices, Point, Space, Sweep, Together, Value
from sweeper.space.grid import Grid
from sweeper.usage.cases import Occurs, Shape, each_point

MANY = 20_000
"""So many points are looked at one by one; of more drawn points, the shapes of the space they are drawn from."""


class Points(Protocol):
    """As much of a search as the check needs."""

    @property
    def count(self) -> int:
        """How many points, at most."""
        ...

    def propose(self, k: int, /) -> Point:
        """Point k."""
        ...

    def shapes(self) -> Iterator[Shape]:
        """The shapes of the points."""
        ...


def to_check(sweep: Sweep, points: Points) -> tuple[Iterable[Shape], Occurs | None]:
    """What to give ``check_points``: exact for a grid of any size, and for other methods up to MANY points."""
    if sweep.method == "grid":
        return points.shapes(), grid_occurs(sweep.space)
    if points.count <= MANY or sweep.method == "list":
        return each_point(_proposed(points)), None
    return points.shapes(), None


def grid_occurs(space: Space) -> Occurs:
    """Counts the points of a grid's shape that have certain values, by counting the grid that has only those."""

    def occurs(shape: Shape, some: Mapping[str, tuple[Value, ...]]) -> int | None:
        only = {name: some.get(name, shape.values[name]) for name in shape.present}
        restricted = _restricted(space, only)
        if any(not all(rows.values.values()) for rows in restricted.together):
            return 0
        grid = Grid(restricted)
        count = sum(found.count for found in grid.shapes() if set(found.present) == set(shape.present))
        return count if grid.exact or not count else None

    return occurs


def _proposed(points: Points) -> Iterator[Point]:
    for k in range(points.count):
        try:
            yield points.propose(k)
        except IndexError:  # the count was an upper bound
            return


def _restricted(space: Space, only: Mapping[str, tuple[Value, ...]]) -> Space:
    parameters = tuple(
        replace(parameter, domain=Choices(only[parameter.name])) if parameter.name in only else parameter
        for parameter in space.parameters
    )
    return replace(space, parameters=parameters, together=tuple(_rows(rows, only) for rows in space.together))


def _rows(rows: Together, only: Mapping[str, tuple[Value, ...]]) -> Together:
    allowed = {name: {_typed(value) for value in only.get(name, column)} for name, column in rows.values.items()}
    kept = [
        row
        for row in zip(*rows.values.values(), strict=True)
        if all(_typed(value) in allowed[name] for name, value in zip(rows.values, row, strict=True))
    ]
    return Together({name: tuple(row[i] for row in kept) for i, name in enumerate(rows.values)})


def _typed(value: Value) -> tuple[type, Value]:
    return type(value), value
