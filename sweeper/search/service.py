"""``method: service`` without a service: this machine searches itself, and checks what a service may propose."""

from __future__ import annotations

from collections.abc import Iterator

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
    """What is said of a sweep that runs on this machine; empty where there is nothing to say."""
    if sweep.method != "service":
        return ""
    parts = ["the points are drawn at random"] if sweep.algorithm == "service" else []
    idle = list(_idle(sweep))
    if idle:
        parts.append(f"{' and '.join(idle)} {'do' if len(idle) > 1 else 'does'} nothing")
    return f"method: service has no service on this machine: {', '.join(parts)}" if parts else ""


def _idle(sweep: Sweep) -> Iterator[str]:
    """Keys that only a service heeds."""
    if sweep.early_stopping is not None and sweep.early_stopping.rule == "service":
        yield "early_stopping"
    if sweep.resume is not None:
        yield "resume"
    if sweep.limits.max_failed is not None:
        yield "limits.max_failed"
