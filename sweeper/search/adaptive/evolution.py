"""``cmaes``: covariance matrix adaptation (Hansen 2016, arXiv:1604.00772) by the library ``cmaes``, always replayed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sweeper.errors import UserError
from sweeper.model import Point, Sweep
from sweeper.search.adaptive.coordinates import Coordinates
from sweeper.search.adaptive.history import History

SPREAD = 0.25
"""Of the first generation, in a unit cube."""
MOST_ASKED = 50


def propose(coordinates: Coordinates, past: History, k: int, seed: int) -> Iterator[Point]:
    """Draws from the distribution that the generations so far have led to.

    A generation is the next so many points that have a value, in the order of their numbers: those that still run, or
    failed, do not hold it up.
    """
    optimizer = _library().CMA(
        mean=_first(past, len(coordinates.all)),
        sigma=SPREAD,
        bounds=np.array([[0.0, 1.0]] * len(coordinates.all)),
        seed=seed % 2**32,
    )
    size = optimizer.population_size
    for start in range(0, past.count - size + 1, size):
        rows = zip(past.measured[start : start + size], past.values[start : start + size], strict=True)
        optimizer.tell([(vector, -float(value)) for vector, value in rows])
    for _ in range(MOST_ASKED):
        point = coordinates.decode(optimizer.ask().tolist())
        if point is not None:
            yield point


def check(sweep: Sweep, coordinates: Coordinates) -> None:
    """Raise UserError where the space has what no distribution over numbers can hold."""
    _library()
    words = [one.name for one in coordinates.all if one.kind == "nominal"]
    absent = [parameter.name for parameter in sweep.space.parameters if parameter.when]
    what = [f"choices without an order ({', '.join(words)})"] * bool(words)
    what += [f"conditional parameters ({', '.join(absent)})"] * bool(absent)
    if what:
        message = f"method: cmaes moves numbers only, and cannot search {' or '.join(what)}"
        raise UserError(message, path="method", hint="write method: auto")
    if len(coordinates.all) < 2:
        message = "method: cmaes needs two parameters or more that vary"
        raise UserError(message, path="method", hint="write method: auto")


def _first(past: History, width: int) -> Any:
    """The best of the points that came before the first generation could be formed."""
    early = past.values[:8]
    return past.measured[int(np.argmax(early))] if len(early) else np.full(width, 0.5)


def _library() -> Any:
    try:
        import cmaes
    except ImportError:
        hint = 'pip install "sweeper[search]"'
        raise UserError("method: cmaes needs cmaes, which is not installed", path="method", hint=hint) from None
    return cmaes
