"""When a parameter is present, an exclusion strikes and a constraint applies: conjunctions over values.

A parameter is present where its own ``when`` holds and every parameter named there is present too; written out, that is
one conjunction over the values of the parameters it depends on, however deep the nesting. So is an exclusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeAlias

from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.model import Space, Value
from sweeper.space.constraints import Constraint, parse
from sweeper.space.identity import value_text

Condition: TypeAlias = Mapping[str, frozenset[str]]
"""Each named parameter has a value whose canonical text is listed. Empty: always."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The rules of a space, nested conditions written out."""

    presence: Mapping[str, Condition]
    """Of the conditional parameters only."""
    excludes: tuple[Condition, ...]
    constraints: tuple[tuple[Constraint, Condition], ...]
    """Each with the condition under which all its parameters are present."""


def names_of(space: Space) -> tuple[str, ...]:
    """All parameters in order; UserError where a name is used twice."""
    names = [parameter.name for parameter in space.parameters]
    names += [name for together in space.together for name in together.values]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"the parameter {name!r} is given twice", path=f"parameters.{name}")
    return tuple(names)


def conditions_of(space: Space) -> Conditions:
    """The rules of a space; UserError for an unknown name, a circle or a constraint that cannot be read."""
    names = names_of(space)
    written = {parameter.name: parameter.when for parameter in space.parameters if parameter.when}
    for name, when in written.items():
        _known(when, names, path=f"parameters.{name}.when")
    presence: dict[str, Condition] = {}
    for name in written:
        _settle(name, written, presence, trail=())
    for i, entry in enumerate(space.exclude):
        _known(entry, names, path=f"exclude[{i}]")
        if not entry:
            raise UserError("an exclusion that names nothing would leave out everything", path=f"exclude[{i}]")
    parsed = [parse(text, names) for text in space.constraints]
    return Conditions(
        presence,
        tuple(_both(_own(entry), *_presence(entry, presence)) for entry in space.exclude),
        tuple((one, _both(*_presence(one.names, presence))) for one in parsed),
    )


def _settle(
    name: str,
    written: Mapping[str, Mapping[str, tuple[Value, ...]]],
    presence: dict[str, Condition],
    *,
    trail: tuple[str, ...],
) -> Condition:
    if name in presence:
        return presence[name]
    if name in trail:
        circle = " -> ".join((*trail[trail.index(name) :], name))
        raise UserError(f"the conditions go round in a circle: {circle}", path=f"parameters.{name}.when")
    if name not in written:
        return {}
    deeper = [_settle(other, written, presence, trail=(*trail, name)) for other in written[name]]
    presence[name] = _both(_own(written[name]), *deeper)
    return presence[name]


def _own(listed: Mapping[str, tuple[Value, ...]]) -> Condition:
    return {name: frozenset(value_text(value) for value in values) for name, values in listed.items()}


def _presence(names: Iterable[str], presence: Mapping[str, Condition]) -> list[Condition]:
    return [presence[name] for name in names if name in presence]


def _both(*conditions: Condition) -> Condition:
    joined: dict[str, frozenset[str]] = {}
    for condition in conditions:
        for name, texts in condition.items():
            joined[name] = joined[name] & texts if name in joined else texts
    return joined


def _known(listed: Iterable[str], names: tuple[str, ...], *, path: str) -> None:
    for name in listed:
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"the parameters are {', '.join(names)}"
            raise UserError(f"{name!r} is not a parameter", path=path, hint=hint)
