"""What a trial comes to by more than its first metric, for those who decide while a sweep runs."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import TrialRow
from sweeper.model import Metric, Reason
from sweeper.results.conditions import broken, conditions
from sweeper.results.judged import Values, numbers, together
from sweeper.search.told import Told


class Judge:
    """Reads what the trials of one sweep have reported."""

    def __init__(self, ledger: Ledger, sweep: str, metric: Metric) -> None:
        self._ledger, self._sweep, self._metric = ledger, sweep, metric
        self._wanted = conditions(metric)

    def holds(self, row: TrialRow) -> bool:
        """The trial meets every condition."""
        return not self._wanted or not broken(self._wanted, self._values(row))

    def judged(self, one: Told, runs: Sequence[TrialRow]) -> Told:
        """The same with its further objectives, of several runs their means, and how many conditions it breaks."""
        if one.value is None or not self._metric.judged:
            return one
        found = together([self._values(run) for run in runs if run.result is not None])
        return replace(
            one,
            values=tuple(found.get(each.name) for each in self._metric.more),
            violated=len(broken(self._wanted, found)),
        )

    def _values(self, row: TrialRow) -> Values:
        seen = [found for _, found in self._ledger.measurements(self._sweep, row.id)]
        others = numbers(seen, self._metric, early=row.reason is Reason.STOPPED_EARLY)
        return {**others, self._metric.name: row.metric}
