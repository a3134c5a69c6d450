"""``method: service`` without a service: this machine searches itself, and checks what a service may propose."""

from __future__ import annotations

from sweeper.lean import replace
from sweeper.model import Sweep
from sweeper.search import grid, random
from sweeper.search.protocol import Search
from sweeper.search.random import Subset
from sweeper.space.grid import Grid
from sweeper.space.standins import as_grid


class FirstOf:
    """The first points of another search."""

    def __init__(self, search: Search, count: int) -> None:
        self._search = search
        self.count = min(search.count, count)
        self.exact = search.exact or count < search.count
        self.propose = search.propose
        self.contains = search.contains
        self.shapes = search.shapes


def make(sweep: Sweep) -> Search:
    """The grid, as far as ``trials`` allows, or random points; all of a finite space where more are asked for."""
    if sweep.algorithm == "grid":
        whole = grid.make(replace(sweep, method="grid", trials=None))
        return whole if sweep.trials is None else FirstOf(whole, sweep.trials)
    space = as_grid(sweep.space)
    finite = Grid(space) if space else None
    if finite is not None and finite.exact and sweep.trials is not None and sweep.trials > finite.count:
        return Subset(finite, finite.count, sweep.seed)
    return random.make(sweep)


def note(sweep: Sweep) -> str:
    """What a launch on this machine says; empty where there is nothing to say."""
    if sweep.method != "service" or sweep.algorithm != "service":
        return ""
    return "method: service has no service on this machine: the points are drawn at random"
