"""The search methods by the name that the config gives them."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.config.methods import ADAPTIVE
from sweeper.errors import UserError
from sweeper.model import Sweep
from sweeper.search import grid, list, random, service, sobol
from sweeper.search.protocol import Search


def _adaptive(sweep: Sweep) -> Search:
    # Here, since numpy is more than all the others need.
    from sweeper.search.adaptive import registry

    return registry.make(sweep)


METHODS: dict[str, Callable[[Sweep], Search]] = {
    "grid": grid.make,
    "list": list.make,
    "random": random.make,
    "sobol": sobol.make,
    **dict.fromkeys(ADAPTIVE, _adaptive),
    "service": service.make,
}


def make(sweep: Sweep) -> Search:
    """The search of a sweep. UserError where its space cannot be searched so."""
    if sweep.method not in METHODS:
        raise UserError(f"expected one of {', '.join(METHODS)}, found {sweep.method!r}", path="method")
    return METHODS[sweep.method](sweep)
