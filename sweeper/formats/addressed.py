"""A sweep whose staged files are named by their addresses in the bucket, as trials elsewhere find them."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.lean import replace
from sweeper.model import Choices, Parameter, Sweep, Value


def addressed(sweep: Sweep, addresses: Mapping[Value, str]) -> Sweep:
    """The sweep with the addresses of what is staged in place of the files' own paths."""
    space = sweep.space
    together = tuple(
        replace(one, values={name: _replaced(rows, addresses) for name, rows in one.values.items()})
        for one in space.together
    )
    parameters = tuple(_passed(one, addresses) for one in space.parameters)
    return replace(sweep, space=replace(space, parameters=parameters, together=together))


def _passed(one: Parameter, addresses: Mapping[Value, str]) -> Parameter:
    when = {name: _replaced(values, addresses) for name, values in one.when.items()}
    domain = one.domain
    if isinstance(domain, Choices):
        domain = Choices(_replaced(domain.values, addresses))
    return replace(one, domain=domain, when=when)


def _replaced(values: tuple[Value, ...], addresses: Mapping[Value, str]) -> tuple[Value, ...]:
    return tuple(
        _replaced(one, addresses)
        if isinstance(one, tuple)
        else addresses.get(one, one)
        if isinstance(one, str)
        else one
        for one in values
    )
