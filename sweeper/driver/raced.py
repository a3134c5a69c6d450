"""Trials of a confirmation: a run of each contender that is left, once the round before has ended."""

from __future__ import annotations

from sweeper.driver.confirm import KEY
from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import Trial
from sweeper.results.race import Standing, race
from sweeper.space.identity import point_id
from sweeper.states import LIVE


class Raced:
    """Every decision follows from the rows in the ledger: whoever is killed goes on as if it had not been."""

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work, self._ledger = work, ledger
        self._points = [point_id(point) for point in work.sweep.points]  # a mere look has no trials to ask for them
        self._known: tuple[dict[tuple[str, int], float | None], Standing] | None = None
        self._given: set[str] = set()

    def more(self) -> bool:
        """Whether a run of this round has not begun."""
        return bool(self._wanted())

    def take(self, count: int) -> list[Trial]:
        """In the order of the contenders."""
        taken = self._wanted()[: max(0, count)]
        self._given.update(trial.id for trial in taken)
        return taken

    def ended_by(self) -> str:
        """Why runs are left that nobody needs."""
        standing = self._standing(self._rows())
        if standing.same:
            return "every contender gives the same number each time"
        if not standing.over:
            return ""
        left = len(standing.left)
        return f"{left} contender{'s are' if left != 1 else ' is'} left after {standing.rounds} rounds"

    def _wanted(self) -> list[Trial]:
        rows = self._rows()
        standing = self._standing(rows)
        if standing.over or not self._work.total:
            return []
        count = self._work.points
        trials = [self._work.trial(standing.rounds * count + self._points.index(one)) for one in standing.left]
        there = {row.id for row in rows} | self._given
        return [trial for trial in trials if trial.id not in there]

    def _rows(self) -> list[TrialRow]:
        return list(self._ledger.trials(self._work.sweep_id))

    def _standing(self, rows: list[TrialRow]) -> Standing:
        sweep, ended = self._work.sweep, ended_among(rows)
        if self._known is None or self._known[0] != ended:
            self._known = ended, race(self._points, ended, sweep.metric.goal, rounds=sweep.repeats.count)
        return self._known[1]


def ended_among(rows: list[TrialRow]) -> dict[tuple[str, int], float | None]:
    """The runs that have ended for good, each with its number if it has one."""
    return {
        (row.point, row.repeat): row.result
        for row in rows
        if not row.removed and row.state not in LIVE and row.retry_at is None
    }


def standing_of(ledger: Ledger, row: SweepRow) -> Standing:
    """Of a confirmation that is in the ledger. Raises ImportError without scipy."""
    own = row.settings[KEY]
    points = [point_id(point) for point in own["points"]]
    ended = ended_among(list(ledger.trials(row.id)))
    return race(points, ended, row.metric.goal, rounds=own["repeats"])
