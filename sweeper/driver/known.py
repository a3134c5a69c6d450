"""What the ledger knows of a sweep's points, as a search is told it; kept in memory, and made again from the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Literal

from sweeper.driver.judge import Judge
from sweeper.driver.retry import is_transient
from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import TrialRow
from sweeper.model import Reason, State, Trial
from sweeper.search.told import Told
from sweeper.states import LIVE

Standing = Literal["running", "succeeded", "failed", "cancelled"]


class Known:
    """The points of one sweep, by number. Rows that can still change are read again at each look."""

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work, self._ledger = work, ledger
        self._judge = Judge(ledger, work.sweep_id, work.sweep.metric)
        self._runs: dict[int, dict[int, TrialRow]] = {}
        self._told: dict[int, Told] = {}
        self._list: list[Told] | None = None
        """What was told last, as long as it is true."""
        self._open: dict[str, int] = {}
        self._change: int | None = None
        self._next = 0

    def told(self) -> Sequence[Told]:
        """Every point that was ever begun and is still meant, by number; the same object while nothing changes."""
        self.look()
        if self._list is None:
            self._list = [*self._work.warm, *(self._told[k] for k in sorted(self._told))]
        return self._list

    @property
    def points(self) -> int:
        """How many those are."""
        return len(self._told)

    def trials(self) -> int:
        """How many trials of them were begun."""
        return sum(map(len, self._runs.values()))

    def next_number(self) -> int:
        """Of a point that was never there: those that the config means no more keep theirs, and may come back."""
        return self._next

    def unbegun(self) -> list[tuple[int, int]]:
        """(point, repeat) of each run of a known point that nobody has begun."""
        repeats = range(self._work.sweep.repeats.count)
        return [(k, repeat) for k, runs in sorted(self._runs.items()) for repeat in repeats if repeat not in runs]

    def add(self, trial: Trial) -> None:
        """A trial that is about to be begun."""
        row = TrialRow("", trial.id, trial.number, trial.point_id, trial.point, trial.repeat, trial.seed)
        self._take([row])

    def look(self) -> None:
        """Read what may have changed: all of it where another process has written."""
        change = self._ledger.changed()
        if change != self._change:
            self._change = change
            self._take(self._ledger.trials(self._work.sweep_id))
        elif self._open:
            self._take(self._ledger.trials_among(self._work.sweep_id, list(self._open)))

    def _take(self, rows: Iterable[TrialRow]) -> None:
        for row in rows:
            k = self._work.point_of(row.number)
            self._next = max(self._next, k + 1)
            if row.removed or self._runs.get(k, {}).get(row.repeat) == row:
                continue
            self._runs.setdefault(k, {})[row.repeat] = row
            runs = list(self._runs[k].values())
            now = self._judge.judged(told(k, runs), runs)
            if self._told.get(k) != now:
                self._told[k], self._list = now, None
            if row.state in LIVE or row.retry_at is not None or self._may_go_on(row):
                self._open[row.id] = k
            else:
                self._open.pop(row.id, None)

    def _may_go_on(self, row: TrialRow) -> bool:
        """A trial that was stopped early may be promoted, by this very process."""
        rule = self._work.sweep.early_stopping
        return rule is not None and rule.resumes and row.reason is Reason.STOPPED_EARLY


def told(number: int, runs: Sequence[TrialRow]) -> Told:
    """A point from all its runs: their mean as soon as one has a number."""
    values = [row.metric for row in runs if row.metric is not None and _standing(row) == "succeeded"]
    finite = [value for value in values if math.isfinite(value)]
    found = {_standing(row) for row in runs}
    order: tuple[Standing, ...] = ("succeeded", "running", "failed", "cancelled")
    state = next(one for one in order if one in found)
    if state == "succeeded" and not finite and "running" in found:
        state = "running"
    return Told(number, runs[0].params, state, fmean(finite) if finite else None)


def _standing(row: TrialRow) -> Standing:
    if row.state in LIVE or row.retry_at is not None:
        return "running"
    if row.state is State.SUCCEEDED:
        return "succeeded"
    return "failed" if row.state is State.FAILED and not is_transient(row.state, row.reason) else "cancelled"
