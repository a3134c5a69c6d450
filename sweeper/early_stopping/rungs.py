"""The steps at which trials are compared, and the values that they had there."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from sweeper.lean import dataclass, field


@dataclass
class Rung:
    """The trials that have got to one step."""

    step: int
    values: dict[str, float] = field(default_factory=dict)
    """Each trial's value when it got there; higher is better."""
    ranking: list[tuple[float, int, str]] = field(default_factory=list)
    """(minus the value, place of arrival, trial), best first: of two that are alike, the earlier one."""

    def add(self, trial: str, value: float) -> None:
        """A trial has got here."""
        insort(self.ranking, (-value, len(self.values), trial))
        self.values[trial] = value

    def nth(self, place: int) -> float:
        """The value of the ``place``-th best, from 1."""
        return -self.ranking[place - 1][0]


class Ladder:
    """Rungs at ``first``, ``first * reduction``, ... steps, below ``last`` where that is known."""

    def __init__(self, first: int, reduction: int, last: int | None) -> None:
        self._reduction = reduction
        self._last = last
        self._next = first
        self._rungs: list[Rung] = []
        self._at: dict[str, int] = {}

    def arrive(self, trial: str, step: int, value: float) -> Iterator[Rung]:
        """The rungs that the trial has got to with this step, lowest first; it is on each of them from then on."""
        while self._next <= step and (self._last is None or self._next < self._last):
            self._rungs.append(Rung(self._next))
            self._next *= self._reduction
        while (place := self._at.get(trial, 0)) < len(self._rungs) and self._rungs[place].step <= step:
            self._at[trial] = place + 1
            self._rungs[place].add(trial, value)
            yield self._rungs[place]
