"""One look at all live jobs: their states, why they ended, what they measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sweeper.backends.cloud.measures import Measures
from sweeper.backends.cloud.outcome import observation
from sweeper.backends.cloud.patience import Patience
from sweeper.backends.cloud.room import Room
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.states import States
from sweeper.backends.cloud.stops import Stops
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed
from sweeper.model import Observation, Reason, State
from sweeper.states import FINAL

BY_LOG = ("stdout", "auto")


@dataclass
class Round:
    """Goes round when it is told to; what it could not learn it leaves out."""

    states: States
    stops: Stops
    measures: Measures
    room: Room
    clock: Clock
    patience: Patience
    happened: bool = False
    """In the last round some job was in another state than before."""
    _before: dict[str, State] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)
    """When jobs were first seen to have ended whose end is not told yet."""
    _measured: float = float("-inf")

    def go(self, handles: Sequence[str]) -> dict[str, Observation]:
        """What is known of each now. Raises CallFailed where nothing could be learnt."""
        rows = self.states.look(handles)
        there = {handle: row for handle, row in rows.items() if row is not None and not self._is_too_early(row)}
        reasons = self.stops.of(there.values())
        seen = {
            handle: found
            for handle, row in there.items()
            if (found := observation(row, reasons.get(row.key))) is not None
        }
        seen = self._measure({handle: there[handle] for handle in seen}, seen)
        seen |= {handle: Observation(State.LOST) for handle, row in rows.items() if row is None}
        self._take_in(seen)
        return seen

    def _is_too_early(self, row: Row) -> bool:
        """It has ended, but what it printed last may not be in its log yet, and the metric is in there."""
        metric = self.measures.metric
        if not row.over or metric.pattern is None or metric.source not in BY_LOG:
            return False
        now = self.clock.now()
        return now < self._ended.setdefault(row.handle, now) + self.patience.log_lag

    def _measure(self, rows: Mapping[str, Row], seen: Mapping[str, Observation]) -> dict[str, Observation]:
        """The end of a job is told together with all that it has measured, or not yet."""
        due = self.clock.now() >= self._measured + self.patience.metrics
        wanted = [row for handle, row in rows.items() if row.over or (due and seen[handle].state is State.RUNNING)]
        if due:
            self._measured = self.clock.now()
        read = self.measures.read(wanted) if wanted else {}
        told, failures = {}, []
        for handle, found in seen.items():
            numbers = read.get(rows[handle].handle, self.measures.last(rows[handle]))
            if not isinstance(numbers, CallFailed):
                told[handle] = replace(found, measurements=numbers)
                continue
            failures.append(numbers)
            if not rows[handle].over:
                told[handle] = replace(found, measurements=self.measures.last(rows[handle]))
        for failed in failures:
            if not (told and failed.transient):  # else the next round reads it
                raise failed
        return told

    def _take_in(self, seen: Mapping[str, Observation]) -> None:
        self.happened = any(self._before.get(handle) is not found.state for handle, found in seen.items())
        for handle, found in seen.items():
            if found.state not in FINAL:
                self._before[handle] = found.state
            else:
                self._before.pop(handle, None)
                self._ended.pop(handle, None)
                self.room.ended(handle, full=found.reason is Reason.QUOTA)
