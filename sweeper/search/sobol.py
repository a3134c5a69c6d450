"""Quasi-random points: a Sobol sequence, which fills a space more evenly than chance, with a seeded digital shift.

The sequence is scipy's, with the direction numbers of Joe and Kuo (2008). The shift, one exclusive or per dimension, is
ours and hangs on the parameter's name, so that every machine and every version of scipy makes the same points.
"""

from __future__ import annotations

from typing import Any

from sweeper.errors import UserError
from sweeper.model import Point, Sweep
from sweeper.search.drawn import DrawnSearch, trials_of
from sweeper.search.hashing import number
from sweeper.search.orders import refuse_order
from sweeper.search.protocol import Search
from sweeper.space.sampling import Sampler
from sweeper.space.skipping import Skipper

BITS = 30
BLOCK = 256
"""Points made at once; a power of two, as the sequence likes it."""


class Sequence:
    """Point i of the unshifted sequence, as whole numbers of ``BITS`` bits; cheap when asked for in order."""

    def __init__(self, dimensions: int, method: str) -> None:
        self._engine = _engine(dimensions, method)
        self._reached = 0
        self._start, self._block = -1, []  # type: int, list[list[int]]

    def at(self, i: int) -> list[int]:
        """The numbers of point i."""
        start = i - i % BLOCK
        if start != self._start:
            self._start, self._block = start, self._make(start)
        return self._block[i - start]

    def _make(self, start: int) -> list[list[int]]:
        if start < self._reached:
            self._engine.reset()
            self._reached = 0
        if start > self._reached:
            self._engine.fast_forward(start - self._reached)
        self._reached = start + BLOCK
        return [[int(u * (1 << BITS)) for u in point] for point in self._engine.random(BLOCK).tolist()]


def make(sweep: Sweep) -> Search:
    """The first points of the sequence that the rules of the space allow."""
    refuse_order("sobol", sweep.order)
    trials = trials_of(sweep)
    sampler = Sampler(sweep.space)
    names = [dimension.name for dimension in sampler.dimensions if dimension.varies]
    shifts = {name: number("sobol", sweep.seed, name) >> (64 - BITS) for name in names}
    sequence = Sequence(max(len(names), 1), sweep.method)

    def candidate(i: int) -> tuple[Point | None, int]:
        digits = dict(zip(names, sequence.at(i), strict=False))
        return sampler.point(lambda name: (digits[name] ^ shifts[name]) / (1 << BITS)), i + 1

    def draw(k: int) -> Point:
        try:
            return skipper.point(k)
        except IndexError:
            raise UserError(f"the sequence has {1 << BITS:,} points, too few for trials: {trials}") from None

    skipper = Skipper(candidate, 1 << BITS)
    return DrawnSearch(sweep.space, trials, draw)


def _engine(dimensions: int, method: str) -> Any:
    """``method``: who needs it; others begin with such points."""
    try:
        # Here, since scipy takes half a second to import and few sweeps need it.
        from scipy.stats import qmc
    except ImportError:
        hint = 'pip install "sweeper[search]"'
        raise UserError(f"method: {method} needs scipy, which is not installed", path="method", hint=hint) from None
    if dimensions > qmc.Sobol.MAXDIM:
        raise UserError(
            f"method: {method} takes at most {qmc.Sobol.MAXDIM} parameters, found {dimensions}", path="method"
        )
    return qmc.Sobol(dimensions, scramble=False, bits=BITS)
