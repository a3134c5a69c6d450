"""What every search method offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from sweeper.model import Point
from sweeper.search.told import Told
from sweeper.space.shapes import Shape


class Search(Protocol):
    """The points of one sweep."""

    @property
    def count(self) -> int:
        """How many points; where not ``exact``, at most so many."""

    @property
    def exact(self) -> bool:
        """Whether ``count`` is known for sure."""

    @property
    def adapts(self) -> bool:
        """Whether what it proposes depends on what it is told; where not, point k follows from k alone."""

    def propose(self, k: int, told: Sequence[Told] = (), /) -> Point:
        """Point k: a pure function of the sweep, k and, where the search adapts, all that is known of earlier points.

        IndexError for a negative k, for k >= count and, where not ``exact`` or where all are known, once the points are
        used up. UserError where the rules of the space leave (nearly) nothing to draw from.
        """

    def contains(self, point: Point, /) -> bool:
        """Whether some k proposes this point."""

    def shapes(self) -> Iterator[Shape]:
        """Every set of parameters that occurs together with its values; for a continuous range a few telling ones."""
