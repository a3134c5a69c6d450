"""Ends running trials by their learning curves, and lets those go on that turn out to deserve it.

The wish is on disk before the backend is asked, and what a rule decides follows from the ledger alone: a launcher that
was killed between the two asks again.
"""

from __future__ import annotations

from sweeper.backends.protocol import Backend
from sweeper.clock import Clock
from sweeper.driver.curves import Curves, why, wish
from sweeper.driver.tally import Flight
from sweeper.driver.work import Work
from sweeper.early_stopping.protocol import Rule
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.model import Reason

TICK = 1e-6
"""Seconds between the due times of trials that go on, so that the most deserving is first."""


class Stopper:
    """One rule over one sweep."""

    def __init__(self, work: Work, ledger: Ledger, backend: Backend, clock: Clock, flight: Flight, rule: Rule) -> None:
        self._work = work
        self._ledger = ledger
        self._backend = backend
        self._clock = clock
        self._flight = flight
        self._rule = rule
        self._curves = Curves(ledger, work.sweep_id, work.sweep.metric.name)
        self._closing: bool | None = None
        flight.changed = set()
        for job in flight.live.values():
            if why(job.cancel) and job.handle:
                backend.cancel(job.handle, Reason.STOPPED_EARLY)

    def judge(self, *, closing: bool) -> None:
        """Decide about all trials, where anything is new. ``closing``: no new trial will be started."""
        changed = self._flight.take_changed()
        if not changed and closing == self._closing:
            return
        self._closing = closing
        self._curves.update(changed)
        decision = self._rule.decide(self._curves.all(), self._work.sweep.metric.goal, closing=closing)
        for trial, reason in decision.stop:
            self._stop(trial, reason)
        for place, trial in enumerate(decision.resume):
            self._resume(trial, self._clock.now() + place * TICK)

    def _stop(self, trial: str, reason: str) -> None:
        job = self._flight.live.get(trial)
        if job is None or job.cancel or not job.handle:
            return
        wished = replace(job, cancel=wish(self._curves.of(trial), reason))
        self._ledger.record(job, wished, time=self._clock.now())
        self._flight.live[trial] = wished
        self._backend.cancel(job.handle, Reason.STOPPED_EARLY)

    def _resume(self, trial: str, due: float) -> None:
        row = self._ledger.trial(self._work.sweep_id, trial)
        if row is None or trial in self._flight.live or row.retry_at is not None:
            return
        self._ledger.update_trial(self._work.sweep_id, trial, retry_at=due)
        self._flight.touch(trial)
