"""``method: service`` without a service: this machine searches itself, and checks what a service may propose."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

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
        self.adapts = search.adapts
        self.propose = search.propose
        self.contains = search.contains
        self.shapes = search.shapes


def make(sweep: Sweep) -> Search:
    """The project's own adaptive search, or the grid, or random points, as ``algorithm`` says; never a point twice."""
    if sweep.algorithm == "grid":
        whole = grid.make(replace(sweep, method="grid", trials=None))
        return whole if sweep.trials is None else FirstOf(whole, sweep.trials)
    if _learns(sweep):
        from sweeper.search.adaptive import registry  # numpy, which the others do without

        return registry.make(replace(sweep, method="auto"))
    space = as_grid(sweep.space)
    finite = Grid(space) if space else None
    if finite is not None and finite.exact and sweep.trials is not None and sweep.trials > finite.count:
        return Subset(finite, finite.count, sweep.seed)
    return random.make(sweep)


def note(sweep: Sweep) -> str:
    """What is said of a sweep that runs on this machine; empty where there is nothing to say."""
    if sweep.method != "service":
        return ""
    parts = [_stand_in(sweep)] if sweep.algorithm == "service" else []
    if sweep.early_stopping is not None and sweep.early_stopping.rule == "service":
        parts.append("trials are stopped by rule median")
    idle = list(_idle(sweep))
    if idle:
        parts.append(f"{' and '.join(idle)} {'do' if len(idle) > 1 else 'does'} nothing")
    return f"method: service has no service on this machine: {', '.join(parts)}" if parts else ""


def _stand_in(sweep: Sweep) -> str:
    if _learns(sweep):
        return "its place is taken by method: auto"
    return 'the points are drawn at random (pip install "sweeper[search]" for a search that learns)'


def _learns(sweep: Sweep) -> bool:
    """Whether this machine proposes the points, and has what that takes."""
    wanted = sweep.algorithm == "service" and sweep.backend == "local" and sweep.trials is not None
    return wanted and all(map(find_spec, ("optuna", "scipy")))


def _idle(sweep: Sweep) -> Iterator[str]:
    """Keys that only a service heeds."""
    if sweep.resume is not None:
        yield "resume"
    if sweep.limits.max_failed is not None:
        yield "limits.max_failed"
