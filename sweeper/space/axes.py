"""The axes of a space: each a list of rows, a row giving a value to one parameter or to several that move together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.model import Choices, Parameter, Space, Together, Value
from sweeper.space.identity import value_text
from sweeper.space.values import grid_values


@dataclass(frozen=True)
class Axis:
    """One dimension of the grid."""

    names: tuple[str, ...]
    columns: tuple[tuple[Value, ...], ...]
    """For each name its value in every row."""
    ordered: bool = False
    """The rows are steps through a range, so that some lie between others."""

    @property
    def size(self) -> int:
        """How many rows it has."""
        return len(self.columns[0])

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The columns as canonical text."""
        return tuple(tuple(value_text(value) for value in column) for column in self.columns)

    @cached_property
    def rows(self) -> Mapping[tuple[str, ...], int]:
        """From the canonical texts of a row to its number."""
        return {texts: row for row, texts in enumerate(zip(*self.texts, strict=True))}


def axes_of(space: Space) -> tuple[Axis, ...]:
    """The axes in the order written: the parameters, then the groups that move together."""
    axes = [_single(parameter) for parameter in space.parameters] + [_linked(group) for group in space.together]
    for axis in axes:
        _refuse_twins(axis)
    return tuple(axes)


def _single(parameter: Parameter) -> Axis:
    path = f"parameters.{parameter.name}"
    if isinstance(parameter.domain, Choices):
        if not parameter.domain.values:
            raise UserError("expected at least one value", path=path)
        return Axis((parameter.name,), (parameter.domain.values,))
    try:
        return Axis((parameter.name,), (grid_values(parameter.domain),), ordered=True)
    except UserError as error:
        raise UserError(error.problems[0].message, path=path, hint=error.problems[0].hint) from None


def _linked(group: Together) -> Axis:
    lengths = {len(values) for values in group.values.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise UserError(
            "parameters that move together need lists of one length, of at least one value", path="together"
        )
    return Axis(tuple(group.values), tuple(group.values.values()))


def _refuse_twins(axis: Axis) -> None:
    if axis.ordered or axis.size == 1:
        return
    if len(axis.rows) < axis.size:
        texts = list(zip(*axis.texts, strict=True))
        twin = next(texts[i] for i in range(len(texts)) if texts[i] in texts[:i])
        path = f"parameters.{axis.names[0]}" if len(axis.names) == 1 else "together"
        raise UserError(f"{', '.join(twin)} is listed twice", path=path, hint="a repeated run is asked for by repeats:")
