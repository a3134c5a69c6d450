"""Where new trials come from: the next numbers of the sweep that the ledger does not know."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Protocol

from sweeper.driver.known import Known
from sweeper.driver.proposed import Proposed
from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.model import StopWhen, Trial
from sweeper.search.enough import enough
from sweeper.search.told import Told

BATCH = 64
"""Trials that are looked up in the ledger at once."""


class Fresh(Protocol):
    """Trials that nobody has started."""

    def more(self) -> bool:
        """Whether one is left."""

    def take(self, count: int) -> list[Trial]:
        """So many of them, or what is left; each is given out once."""

    def ended_by(self) -> str:
        """Why there will be fewer than were planned, in words; empty where there is no reason."""


def fresh(work: Work, ledger: Ledger) -> Fresh:
    """The trials of a launch."""
    if work.sweep.confirms:
        from sweeper.driver.raced import Raced  # few launches confirm

        return Raced(work, ledger)
    known = Known(work, ledger)
    source: Fresh = Numbered(work, ledger) if work.search is None else Proposed(work, work.search, known)
    return source if work.sweep.stop_when is None else Until(source, work, work.sweep.stop_when, known)


class Until:
    """Those of another source, until ``stop_when:`` holds."""

    def __init__(self, source: Fresh, work: Work, rule: StopWhen, known: Known) -> None:
        self._source, self._rule, self._known = source, rule, known
        self._maximize = work.sweep.metric.goal == "maximize"
        self._told: Sequence[Told] = ()
        self._why = ""

    def more(self) -> bool:
        """As long as something may be gained."""
        return not self._enough() and self._source.more()

    def take(self, count: int) -> list[Trial]:
        """The same trials in the same order."""
        taken = [] if self._enough() else self._source.take(count)
        for trial in taken:
            self._known.add(trial)
        return taken

    def ended_by(self) -> str:
        """The rule, where it holds and trials are left."""
        return (self._source.more() and self._enough()) or self._source.ended_by()

    def _enough(self) -> str:
        told = self._known.told()
        if told is not self._told:  # a pass asks several times, and in most of them nothing has ended
            self._told, self._why = told, enough(told, self._rule, maximize=self._maximize)
        return self._why


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

    def ended_by(self) -> str:
        """All that were planned are there."""
        return ""

    def _batch(self) -> Iterator[Trial]:
        for number in range(self._next, min(self._next + BATCH, self._work.planned)):
            try:
                yield self._work.trial(number)
            except IndexError:  # fewer points than could be counted beforehand
                self._next = (number // self._work.points + 1) * self._work.points
                return
            self._next = number + 1
