"""Points of a space with continuous ranges: each dimension takes a value by a number between 0 and 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.model import Parameter, Point, Range, Space, Value
from sweeper.space.axes import Axis, axes_of
from sweeper.space.conditions import Condition, conditions_of, names_of
from sweeper.space.identity import value_text
from sweeper.space.values import at, check, within


@dataclass(frozen=True)
class Dimension:
    """One independent choice: a row of an axis, or a place in a continuous range."""

    names: tuple[str, ...]
    domain: Axis | Range

    @property
    def name(self) -> str:
        """What its fractions are asked for by."""
        return ",".join(self.names)

    @property
    def varies(self) -> bool:
        """Whether there is anything to choose."""
        return self.domain.size > 1 if isinstance(self.domain, Axis) else self.domain.min < self.domain.max

    def at(self, fraction: float) -> tuple[Value, ...]:
        """The values of its names at ``fraction`` (0 <= fraction < 1) of the way."""
        if isinstance(self.domain, Range):
            return (at(self.domain, fraction),)
        row = min(int(fraction * self.domain.size), self.domain.size - 1)
        return tuple(column[row] for column in self.domain.columns)

    def holds(self, values: tuple[Value, ...]) -> bool:
        """Whether its names can have these values."""
        if isinstance(self.domain, Range):
            return within(values[0], self.domain)
        return tuple(map(value_text, values)) in self.domain.rows


class Sampler:
    """The dimensions of a space, and the rules that a drawn point must keep."""

    def __init__(self, space: Space) -> None:
        self.names = names_of(space)
        self.dimensions = _dimensions(space)
        self._rules = conditions_of(space)

    def point(self, fraction: Callable[[str], float]) -> Point | None:
        """The point for a fraction per dimension, absent parameters left out; None where a rule refuses it."""
        drawn: dict[str, Value] = {}
        for dimension in self.dimensions:
            where = fraction(dimension.name) if dimension.varies else 0.0
            drawn.update(zip(dimension.names, dimension.at(where), strict=True))
        return self._kept(drawn)

    @property
    def presence(self) -> Mapping[str, Condition]:
        """Of each conditional parameter, when it is there."""
        return self._rules.presence

    def contains(self, point: Point) -> bool:
        """Whether some fractions could give this point."""
        full = dict(point)
        for dimension in self.dimensions:
            there = [name in point for name in dimension.names]
            if all(there) and not dimension.holds(tuple(point[name] for name in dimension.names)):
                return False
            if not all(there):
                # Whatever an absent parameter would be: that it is rightly absent is seen below.
                full.update(zip(dimension.names, dimension.at(0.0), strict=True))
        kept = self._kept(full)
        return kept is not None and kept.keys() == point.keys()

    def _kept(self, drawn: Mapping[str, Value]) -> Point | None:
        if any(_holds(entry, drawn) for entry in self._rules.excludes):
            return None
        for constraint, applies in self._rules.constraints:
            if _holds(applies, drawn) and not constraint.holds([drawn[name] for name in constraint.names]):
                return None
        absent = {name for name, condition in self._rules.presence.items() if not _holds(condition, drawn)}
        return {name: drawn[name] for name in self.names if name not in absent}


def is_continuous(parameter: Parameter) -> bool:
    """A range that is not cut into a list of values."""
    domain = parameter.domain
    return isinstance(domain, Range) and domain.num is None and domain.step is None


def _holds(condition: Condition, drawn: Mapping[str, Value]) -> bool:
    return all(value_text(drawn[name]) in texts for name, texts in condition.items())


def _dimensions(space: Space) -> tuple[Dimension, ...]:
    found = []
    for parameter in space.parameters:
        if isinstance(parameter.domain, Range) and is_continuous(parameter):
            found.append(Dimension((parameter.name,), checked(parameter.name, parameter.domain)))
        else:
            found += [Dimension(axis.names, axis) for axis in axes_of(Space((parameter,)))]
    return (*found, *(Dimension(axis.names, axis) for axis in axes_of(Space((), space.together))))


def checked(name: str, domain: Range) -> Range:
    """The range of a parameter; UserError where it makes no sense."""
    try:
        check(domain)
    except UserError as error:
        raise UserError(error.problems[0].message, path=f"parameters.{name}", hint=error.problems[0].hint) from None
    return domain
