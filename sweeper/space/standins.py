"""Grids in place of a space with continuous ranges: the same space, or one that shows what its points look like."""

from __future__ import annotations

from collections.abc import Collection

from sweeper.lean import replace
from sweeper.model import Choices, Parameter, Range, Space, Value
from sweeper.space.conditions import names_of
from sweeper.space.constraints import parse
from sweeper.space.sampling import checked, is_continuous
from sweeper.space.shapes import distinct
from sweeper.space.values import grid_values, within

MOST_WHOLE_NUMBERS = 1000
"""A linear range of so many whole numbers, or fewer, is as good as a list of them."""


def as_grid(space: Space) -> Space | None:
    """The same space as a grid, short ranges of whole numbers listed; None where a continuous range remains."""
    listed = tuple(_listed(parameter) for parameter in space.parameters)
    return None if any(is_continuous(parameter) for parameter in listed) else replace(space, parameters=listed)


def representative(space: Space) -> Space:
    """A grid with a few telling values for each continuous range: its ends, its middle, and those that a rule names.

    Constraints on such a range are dropped, since they might leave none of these values and yet many others.
    """
    listed = tuple(_listed(parameter) for parameter in space.parameters)
    wide = {parameter.name for parameter in listed if is_continuous(parameter)}
    names = names_of(space)
    return replace(
        space,
        parameters=tuple(_few(parameter, space) if parameter.name in wide else parameter for parameter in listed),
        constraints=tuple(text for text in space.constraints if not wide & _used(text, names)),
    )


def _listed(parameter: Parameter) -> Parameter:
    domain = parameter.domain
    if not isinstance(domain, Range) or not is_continuous(parameter):
        return parameter
    checked(parameter.name, domain)
    if domain.integer and domain.scale == "linear" and domain.max - domain.min < MOST_WHOLE_NUMBERS:
        return replace(parameter, domain=replace(domain, step=1))
    return parameter


def _few(parameter: Parameter, space: Space) -> Parameter:
    domain = parameter.domain
    if not isinstance(domain, Range):
        return parameter
    named = [value for value in _named(parameter.name, space) if within(value, domain)]
    return replace(parameter, domain=Choices(distinct([*grid_values(replace(domain, num=3)), *named])))


def _named(name: str, space: Space) -> list[Value]:
    """The values that a condition or an exclusion gives for a parameter."""
    rules = [parameter.when for parameter in space.parameters] + list(space.exclude)
    return [value for rule in rules for value in rule.get(name, ())]


def _used(text: str, names: Collection[str]) -> set[str]:
    return set(parse(text, names).names)
