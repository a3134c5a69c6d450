"""The k-th of those candidates that turn out to be points, where nobody can say beforehand which do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sweeper.errors import UserError
from sweeper.model import Point

Candidate: TypeAlias = Callable[[int], tuple[Point | None, int]]
"""Of a number: the point or None, and the next number worth looking at."""

MOST_MISSES = 100_000
"""In a row, before the search gives up."""
MOST_MARKS = 512


class Skipper:
    """Counts its way to point k, and remembers marks on the way; the memory stays flat."""

    def __init__(self, candidate: Candidate, limit: int) -> None:
        self._candidate, self._limit = candidate, limit
        self._marks, self._spacing = [0], 64  # mark i: the number at which point i * spacing is looked for
        self._cursor = (0, 0)

    def point(self, k: int) -> Point:
        """Point k; IndexError where there are not so many."""
        if k < 0:
            raise IndexError(k)
        reached, number = self._nearest(k)
        while True:
            self._mark(reached, number)
            point, number = self._next(number)
            reached += 1
            self._cursor = (reached, number)
            if reached > k:
                return point

    def _nearest(self, k: int) -> tuple[int, int]:
        i = min(k // self._spacing, len(self._marks) - 1)
        mark = (i * self._spacing, self._marks[i])
        return max(mark, self._cursor) if self._cursor[0] <= k else mark

    def _mark(self, reached: int, number: int) -> None:
        if reached == len(self._marks) * self._spacing:
            self._marks.append(number)
            if len(self._marks) > MOST_MARKS:
                self._marks, self._spacing = self._marks[::2], self._spacing * 2

    def _next(self, number: int) -> tuple[Point, int]:
        for _ in range(MOST_MISSES):
            if number >= self._limit:
                raise IndexError("no more points")
            point, number = self._candidate(number)
            if point is not None:
                return point, number
        raise UserError(
            f"{MOST_MISSES:,} candidates in a row break the constraints or exclusions",
            hint="loosen them, or make the ranges smaller, so that more of the space is allowed",
        )
