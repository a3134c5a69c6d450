"""The rules of a space in terms of axes and rows, as the diagram counts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from typing import NoReturn, TypeAlias

from sweeper.errors import UserError
from sweeper.lean import dataclass, replace
from sweeper.model import Value
from sweeper.space.axes import Axis
from sweeper.space.conditions import Condition, Conditions
from sweeper.space.constraints import Constraint
from sweeper.space.cuts import Stage, stages
from sweeper.space.operators import Wrong

Rows: TypeAlias = Mapping[int, frozenset[int]]
"""A conjunction: on each of these axes, one of these rows."""


MOST_EXAMPLES = 100_000


@dataclass(frozen=True, slots=True)
class When:
    """An absent parameter has no values to go through: its axis stays at row 0 unless the condition holds."""

    axis: int
    condition: Rows


@dataclass(frozen=True, slots=True)
class Bound:
    """A constraint, and where the values of its names are found."""

    constraint: Constraint
    slots: tuple[tuple[int, int], ...]
    """Axis and column of each name."""
    columns: tuple[tuple[Value, ...], ...]
    condition: Rows
    """It applies only here: all its parameters are present."""
    stages: Mapping[int, Stage]
    """By axis, how it is computed along the way."""

    @property
    def axes(self) -> frozenset[int]:
        """Every axis that has a say."""
        return frozenset(axis for axis, _ in self.slots) | frozenset(self.condition)

    def refuse(self, wrong: Wrong) -> NoReturn:
        """Say what went wrong, with the first values for which it does, if they are soon found."""
        sizes = {axis: len(column) for (axis, _), column in zip(self.slots, self.columns, strict=True)}
        for chosen in islice(product(*map(range, sizes.values())), MOST_EXAMPLES):
            rows = dict(zip(sizes, chosen, strict=True))
            if all(rows[axis] in allowed for axis, allowed in self.condition.items() if axis in rows):
                self.holds([rows[axis] for axis, _ in self.slots])
        raise UserError(f"{wrong}, in {self.constraint.text!r}", path="constraints", hint=wrong.hint)

    def holds(self, rows: Sequence[int]) -> bool:
        """Whether the constraint holds for these rows of its slots."""
        return self.constraint.holds([column[row] for column, row in zip(self.columns, rows, strict=True)])


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that makes a space smaller than the product of its axes."""

    whens: tuple[When, ...] = ()
    excludes: tuple[Rows, ...] = ()
    bounds: tuple[Bound, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.whens or self.excludes or self.bounds)

    def excluding(self, *more: Rows) -> Rules:
        """The same with further exclusions."""
        return replace(self, excludes=self.excludes + more)

    def broken_at(self, rows: Sequence[int]) -> int | None:
        """The first axis by which it is certain that these rows are no point; None where they are one."""
        ends = [max((when.axis, *when.condition)) for when in self.whens if _misplaced(when, rows)]
        ends += [max(entry, default=0) for entry in self.excludes if _all_in(entry, rows)]
        if ends:
            return min(ends)
        return next((max(bound.axes, default=0) for bound in self.bounds if _violates(bound, rows)), None)


def rules_of(axes: Sequence[Axis], conditions: Conditions) -> tuple[Rules, Mapping[str, Rows]]:
    """The rules over rows, and for each conditional parameter the rows where it is present."""
    places = {name: (i, j) for i, axis in enumerate(axes) for j, name in enumerate(axis.names)}
    presence = {name: _rows(condition, axes, places) for name, condition in conditions.presence.items()}
    bounds = []
    for constraint, condition in conditions.constraints:
        slots = tuple(places[name] for name in constraint.names)
        columns = tuple(axes[i].columns[j] for i, j in slots)
        its = _rows(condition, axes, places)
        bounds.append(Bound(constraint, slots, columns, its, _stages(constraint, slots, columns)))
    return Rules(
        tuple(When(places[name][0], rows) for name, rows in presence.items()),
        tuple(_rows(entry, axes, places) for entry in conditions.excludes),
        tuple(bounds),
    ), presence


def _stages(
    constraint: Constraint, slots: Sequence[tuple[int, int]], columns: Sequence[tuple[Value, ...]]
) -> Mapping[int, Stage]:
    adding = sorted({axis for axis, _ in slots})
    here = [[n for n, (its, _) in enumerate(slots) if its == axis] for axis in adding]
    names = [[constraint.names[n] for n in numbers] for numbers in here]
    values = [[columns[n] for n in numbers] for numbers in here]
    return dict(zip(adding, stages(constraint.tree, names, values), strict=True))


def present(condition: Rows, rows: Sequence[int]) -> bool:
    """Whether the condition holds for these rows."""
    return _all_in(condition, rows)


def _rows(condition: Condition, axes: Sequence[Axis], places: Mapping[str, tuple[int, int]]) -> Rows:
    found: dict[int, frozenset[int]] = {}
    for name, texts in condition.items():
        i, j = places[name]
        rows = frozenset(row for row, text in enumerate(axes[i].texts[j]) if text in texts)
        found[i] = found[i] & rows if i in found else rows
    return found


def _all_in(condition: Rows, rows: Sequence[int]) -> bool:
    return all(rows[axis] in allowed for axis, allowed in condition.items())


def _misplaced(when: When, rows: Sequence[int]) -> bool:
    return rows[when.axis] != 0 and not _all_in(when.condition, rows)


def _violates(bound: Bound, rows: Sequence[int]) -> bool:
    return _all_in(bound.condition, rows) and not bound.holds([rows[axis] for axis, _ in bound.slots])


def sizes(axes: Iterable[Axis]) -> tuple[range, ...]:
    """All rows of every axis."""
    return tuple(range(axis.size) for axis in axes)
