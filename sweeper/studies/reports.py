"""What a study's trials have left in their folders in the bucket: read while they run, and once they have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sweeper.backends.cloud.measures import FILES, Measures
from sweeper.backends.cloud.row import Row
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed
from sweeper.model import Measurement, Metric, State
from sweeper.states import FINAL
from sweeper.studies.protocol import StudyTrial

MOST = 100
"""Trials whose folders are read in one round; of the others there is what the service says."""


def readable(metric: Metric) -> Metric:
    """Every number that a folder may hold, wherever the config says that the metric itself is from."""
    source = metric.source if metric.source in FILES else "auto"
    return replace(metric, source=source, pattern=None)


@dataclass
class Reports:
    """Of any number of studies; remembers what each trial's folder gave last."""

    measures: Measures
    metric: Metric
    """As the config has it."""
    clock: Clock
    every: float
    """Seconds between two readings of trials that run."""
    _last: dict[str, tuple[Measurement, ...]] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    """Trials that were read after their end."""
    _next: dict[str, float] = field(default_factory=dict)
    """By study: when those that run are read again."""

    def of(self, study: Row, trials: Sequence[StudyTrial]) -> list[StudyTrial]:
        """The trials with all that they have reported.

        Raises CallFailed where one that has ended could not be read: its end is told with its numbers, or not yet.
        """
        wanted = {self._row(study, one).handle: one for one in self._due(study, trials)}
        rows = [self._row(study, one) for one in wanted.values()]
        for handle, found in (self.measures.read(rows) if rows else {}).items():
            ended = wanted[handle].seen.state in FINAL
            if not isinstance(found, CallFailed):
                self._last[handle] = tuple(one for one in found if self._counts(one))
                self._done |= {handle} if ended else set()
            elif ended or not found.transient:
                raise found
        return [replace(one, seen=replace(one.seen, measurements=self._joined(one))) for one in trials]

    def names(self, trials: Iterable[StudyTrial]) -> tuple[str, ...]:
        """Under which these trials have reported anything."""
        return tuple(sorted({found.metric for one in trials for found in one.seen.measurements}))

    def _due(self, study: Row, trials: Sequence[StudyTrial]) -> list[StudyTrial]:
        """Those that have just ended, those that run if it is time, then those that had ended before anybody looked."""
        now = self.clock.now()
        ended = [one for one in trials if one.seen.state in FINAL and one.handle not in self._done]
        due = now >= self._next.get(study.handle, now)
        running = [one for one in trials if due and one.seen.state is State.RUNNING]
        if running:
            self._next[study.handle] = now + self.every
        just = [one for one in ended if one.handle in self._last]
        return [*just, *running, *(one for one in ended if one.handle not in self._last)][:MOST]

    def _row(self, study: Row, one: StudyTrial) -> Row:
        """A trial as the reader of jobs' folders takes it."""
        folder = f"{study.folder}/{one.number}" if study.folder else ""
        return Row(
            one.handle, study.sweep, study.trial, study.attempt, "", one.seen.state, study.created, folder=folder
        )

    def _counts(self, found: Measurement) -> bool:
        """A metric that is said to be from elsewhere is not taken from here."""
        return self.metric.source in FILES or found.metric != self.metric.name

    def _joined(self, one: StudyTrial) -> tuple[Measurement, ...]:
        """The folder's numbers, what only the service has, and last what it calls final."""
        read, said = self._last.get(one.handle, ()), one.seen.measurements
        known = {(found.metric, found.step) for found in read}
        return (*read, *(found for found in said[:-1] if (found.metric, found.step) not in known), *said[-1:])
