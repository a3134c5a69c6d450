"""Where new trials come from: the next numbers of the sweep that the ledger does not know."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.model import Trial

BATCH = 64
"""Trials that are looked up in the ledger at once."""


class Fresh(Protocol):
    """Trials that nobody has started."""

    def more(self) -> bool:
        """Whether one is left."""

    def take(self, count: int) -> list[Trial]:
        """So many of them, or what is left; each is given out once."""


def fresh(work: Work, ledger: Ledger) -> Fresh:
    """The trials of a launch."""
    return Numbered(work, ledger)


class Numbered:
    """Of a search whose every proposal is known beforehand."""

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work = work
        self._ledger = ledger
        self._next = 0
        self._found: deque[Trial] = deque()

    def more(self) -> bool:
        """Look at the next numbers until one is a trial that the ledger does not know."""
        while not self._found and self._next < self._work.planned:
            trials = list(self._batch())
            known = self._ledger.trial_ids_exist(self._work.sweep_id, [trial.id for trial in trials])
            self._found.extend(trial for trial in trials if trial.id not in known)
        return bool(self._found)

    def take(self, count: int) -> list[Trial]:
        """In their order."""
        taken: list[Trial] = []
        while len(taken) < count and self.more():
            taken.append(self._found.popleft())
        return taken

    def _batch(self) -> Iterator[Trial]:
        for number in range(self._next, min(self._next + BATCH, self._work.planned)):
            try:
                yield self._work.trial(number)
            except IndexError:  # fewer points than could be counted beforehand
                self._next = (number // self._work.points + 1) * self._work.points
                return
            self._next = number + 1
