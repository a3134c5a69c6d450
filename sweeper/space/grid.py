"""The grid of a space: counted, and point k found, without making the points before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from sweeper.lean import replace
from sweeper.model import Point, Space, Value
from sweeper.space.axes import axes_of
from sweeper.space.conditions import conditions_of
from sweeper.space.diagram import MOST_STATES, Diagram, TooManyStates
from sweeper.space.identity import value_text
from sweeper.space.rules import Rules, present, rules_of, sizes
from sweeper.space.shapes import Shape, shapes_of
from sweeper.space.skipping import Skipper


class Grid:
    """All points of a space, in the order of nested loops: the first axis moves slowest.

    A conditional parameter is absent from the points where its condition does not hold; what would then be the same
    point counts once. Where the rules entangle so many axes that counting them is hopeless, ``exact`` is false:
    ``count`` is an upper bound, and ``point(k)`` raises IndexError once the real points are used up.
    """

    def __init__(self, space: Space, *, most_states: int = MOST_STATES) -> None:
        conditions = conditions_of(space)
        self.axes = axes_of(space)
        self.names = tuple(name for axis in self.axes for name in axis.names)
        self._rules, self.presence = rules_of(self.axes, conditions)
        self.counted, self.filtered, self.diagram = _countable(sizes(self.axes), self._rules, most_states)
        self.count = self.diagram.count
        """How many points; an upper bound where not ``exact``."""
        self.exact = not self.filtered
        self._places = _places(self)
        self._strides = None if self._rules else _strides(self)
        self._skipper = None if self.exact else Skipper(self._candidate, self.count)

    def point(self, k: int) -> Point:
        """Point k, from 0; IndexError past the last."""
        if not 0 <= k < self.count:
            raise IndexError(k)
        if self._strides is not None:
            return {name: column[k // stride % size] for name, column, stride, size in self._strides}
        if self._skipper is not None:
            return self._skipper.point(k)
        return self.assemble(self.diagram.at(k))

    def index(self, point: Point) -> int | None:
        """The number of a point, or None where the grid lacks it; where not ``exact``, the number of the candidate."""
        rows = self._rows(point)
        if rows is None or (self.filtered and self.filtered.broken_at(rows) is not None):
            return None
        return self.diagram.rank(rows)

    def contains(self, point: Point) -> bool:
        """Whether the grid has this point."""
        return self.index(point) is not None

    def shapes(self) -> Iterator[Shape]:
        """Each set of parameters that occurs together, with the values they take there."""
        return shapes_of(self)

    def assemble(self, rows: Sequence[int]) -> Point:
        """The point that has these rows."""
        return {
            name: column[rows[axis]]
            for name, column, axis, condition in self._places
            if condition is None or present(condition, rows)
        }

    def candidate(self, k: int) -> Point | None:
        """The k-th of those that the counted rules leave; None where one of the others refuses it."""
        rows = self.diagram.at(k)
        return None if self.filtered.broken_at(rows) is not None else self.assemble(rows)

    def _candidate(self, k: int) -> tuple[Point | None, int]:
        rows = self.diagram.at(k)
        broken = self.filtered.broken_at(rows)
        return (self.assemble(rows), k + 1) if broken is None else (None, self.diagram.past(k, broken))

    def _rows(self, point: Point) -> list[int] | None:
        """The rows of a point; an absent parameter's axis is at row 0. None where the names or values do not fit."""
        if not point.keys() <= self._known:
            return None
        texts = {name: value_text(value) for name, value in point.items()}
        rows = []
        for axis in self.axes:
            its = tuple([texts.get(name, "") for name in axis.names])
            row = 0 if its == ("",) and axis.names[0] in self.presence else axis.rows.get(its)
            if row is None:
                return None
            rows.append(row)
        is_point = all(present(condition, rows) == (name in texts) for name, condition in self.presence.items())
        return rows if is_point else None

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.names)


def _countable(rows: Sequence[Sequence[int]], rules: Rules, most: int) -> tuple[Rules, Rules, Diagram]:
    """The rules that can be counted, those that must be tried point by point, and the diagram of the first."""
    counted, filtered = rules, Rules()
    while counted:
        try:
            return counted, filtered, Diagram(rows, counted, most=most)
        except TooManyStates:
            counted, filtered = _fewer(counted, filtered)
    return counted, filtered, Diagram(rows, counted)


def _fewer(counted: Rules, filtered: Rules) -> tuple[Rules, Rules]:
    """Constraints are given up first, then exclusions, then conditions; without any, every space can be counted."""
    if counted.bounds:
        return replace(counted, bounds=()), replace(filtered, bounds=counted.bounds)
    if counted.excludes:
        return replace(counted, excludes=()), replace(filtered, excludes=counted.excludes)
    return Rules(), replace(filtered, whens=counted.whens)


def _places(grid: Grid) -> tuple[tuple[str, tuple[Value, ...], int, dict[int, frozenset[int]] | None], ...]:
    return tuple(
        (name, column, i, dict(grid.presence[name]) if name in grid.presence else None)
        for i, axis in enumerate(grid.axes)
        for name, column in zip(axis.names, axis.columns, strict=True)
    )


def _strides(grid: Grid) -> tuple[tuple[str, tuple[Value, ...], int, int], ...]:
    """For a grid without rules: how many points each row of an axis has, so that point k needs no walk."""
    found: list[tuple[str, tuple[Value, ...], int, int]] = []
    stride = 1
    for axis in reversed(grid.axes):
        columns = zip(reversed(axis.names), reversed(axis.columns), strict=True)
        found += [(name, column, stride, axis.size) for name, column in columns]
        stride *= axis.size
    return tuple(reversed(found))
