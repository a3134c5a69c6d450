"""The shapes of a space: which parameters occur together, and with which values; few, however many points there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sweeper.lean import dataclass
from sweeper.model import Point, Value
from sweeper.space.diagram import Diagram
from sweeper.space.identity import value_text
from sweeper.space.rules import Rows, Rules, sizes

if TYPE_CHECKING:
    from sweeper.space.grid import Grid


@dataclass(frozen=True)
class Shape:
    """All points that have the same parameters."""

    present: tuple[str, ...]
    """The names, in order."""
    values: Mapping[str, tuple[Value, ...]]
    """For each the values that it has in at least one of the points (where counting is not exact: that it may have)."""
    count: int
    """How many points; where counting is not exact, at most."""


def shapes_of(grid: Grid) -> Iterator[Shape]:
    """The shapes of a grid, those with the earlier conditional parameters first.

    One condition after another is taken to hold, then not to hold; a branch without points is left at once.
    """
    conditions = list({_key(rows): rows for rows in grid.presence.values()}.values())
    simple = Rules(grid.counted.whens, grid.counted.excludes)
    branches: list[tuple[int, Sequence[Sequence[int]], tuple[Rows, ...]]] = [(0, sizes(grid.axes), ())]
    while branches:
        decided, rows, absent = branches.pop()
        last = decided == len(conditions)
        rules = (grid.counted if last else simple).excluding(*absent)
        diagram = Diagram(rows, rules) if conditions else grid.diagram
        if not diagram.count:
            continue
        if last:
            yield _shape(grid, diagram, absent)
            continue
        condition = conditions[decided]
        branches.append((decided + 1, rows, (*absent, condition)))
        branches.append((decided + 1, _only(rows, condition), absent))


def shapes_among(points: Iterable[Point], names: Sequence[str]) -> Iterator[Shape]:
    """The shapes of listed points."""
    groups: dict[tuple[str, ...], list[Point]] = {}
    for point in points:
        groups.setdefault(tuple(name for name in names if name in point), []).append(point)
    for present, members in groups.items():
        values = {name: distinct(point[name] for point in members) for name in present}
        yield Shape(present, values, len(members))


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """The values without repeats, in order."""
    found: dict[str, Value] = {}
    for value in values:
        found.setdefault(value_text(value), value)
    return tuple(found.values())


def _shape(grid: Grid, diagram: Diagram, absent: tuple[Rows, ...]) -> Shape:
    gone = {_key(rows) for rows in absent}
    used = diagram.used()
    values: dict[str, tuple[Value, ...]] = {}
    for axis, rows in zip(grid.axes, used, strict=True):
        for name, column in zip(axis.names, axis.columns, strict=True):
            if name not in grid.presence or _key(grid.presence[name]) not in gone:
                values[name] = distinct(column[row] for row in rows)
    return Shape(tuple(values), values, diagram.count)


def _only(rows: Sequence[Sequence[int]], condition: Rows) -> Sequence[Sequence[int]]:
    return tuple(
        tuple(row for row in axis_rows if row in condition[i]) if i in condition else axis_rows
        for i, axis_rows in enumerate(rows)
    )


def _key(rows: Rows) -> frozenset[tuple[int, frozenset[int]]]:
    return frozenset(rows.items())
