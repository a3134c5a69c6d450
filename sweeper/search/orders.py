"""The orders in which the points of a grid can be visited."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.errors import UserError
from sweeper.model import Point
from sweeper.search.permutation import Permutation
from sweeper.space.grid import Grid
from sweeper.space.levels import CoarseToFine
from sweeper.space.skipping import Skipper


def as_written(grid: Grid, _seed: int) -> Callable[[int], Point]:
    """The first axis slowest, like nested loops."""
    return grid.point


def shuffled(grid: Grid, seed: int) -> Callable[[int], Point]:
    """In an order that only the seed and the count decide."""
    order = Permutation(grid.count, seed)
    if grid.exact:
        return lambda k: grid.point(order.at(k))
    return Skipper(lambda k: (grid.candidate(order.at(k)), k + 1), grid.count).point


def coarse_to_fine(grid: Grid, _seed: int) -> Callable[[int], Point]:
    """The ends of every range, then the middles, then the quarters."""
    return CoarseToFine(grid).point


ORDERS: dict[str, Callable[[Grid, int], Callable[[int], Point]]] = {
    "as-written": as_written,
    "shuffled": shuffled,
    "coarse-to-fine": coarse_to_fine,
}


def ordered(grid: Grid, order: str, seed: int) -> Callable[[int], Point]:
    """From a place in the order to the point there."""
    if order not in ORDERS:
        raise UserError(f"expected one of {', '.join(ORDERS)}, found {order!r}", path="order")
    return ORDERS[order](grid, seed)


def refuse_order(method: str, order: str, *allowed: str) -> None:
    """Raise where a method has its own order."""
    if order not in ("as-written", *allowed):
        raise UserError(f"order: {order} does not go with method: {method}", path="order", hint="leave `order:` out")
