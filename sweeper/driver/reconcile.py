"""One pass over a sweep: see what happened, write it down, decide what to start, start it. No loop, no sleep.

Every act is preceded by its intent on disk, and every act may be done twice: whoever starts again after a crash
at any line comes to the same end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sweeper.backends.protocol import Backend
from sweeper.clock import Clock
from sweeper.driver.observe import Observer
from sweeper.driver.submit import Submitter
from sweeper.driver.tally import Flight, Tally
from sweeper.driver.work import Work
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow
from sweeper.model import Observation, Reason, State

if TYPE_CHECKING:
    from sweeper.driver.stopping import Stopper

BLIND = 1.0
"""Seconds without a look while there is much to start. A job that a service has made twice is seen by looking alone."""


class Reconciler:
    """The passes of one launcher."""

    def __init__(self, work: Work, ledger: Ledger, backend: Backend, clock: Clock) -> None:
        self._ledger = ledger
        self._backend = backend
        self._clock = clock
        self._id = work.sweep_id
        self._flight = Flight({job.trial: job for job in ledger.live_jobs(work.sweep_id)})
        self._stopper = _stopper(work, ledger, backend, clock, self._flight)
        heard = self._stopper.hear if self._stopper else None
        self._observer = Observer(work, ledger, clock, self._flight, heard=heard)
        self._submitter = Submitter(work, ledger, backend, clock, self._flight)
        self._seen_change = -1
        self._next_look = 0.0

    @property
    def tally(self) -> Tally:
        """What this launcher has seen."""
        return self._flight.tally

    @property
    def live(self) -> int:
        """Jobs that have not ended."""
        return len(self._flight.live)

    @property
    def stopping(self) -> bool:
        """Nothing new will be started."""
        return self._flight.stopping

    @property
    def hurried(self) -> bool:
        """There is room for more than the last pass started: the next one need not wait."""
        return self._submitter.hurried

    def stopped_by(self) -> str:
        """The limit at which the sweep stops, in words; empty where there is none."""
        return self._submitter.stopped_by()

    def ended_by(self) -> str:
        """Why there are fewer trials than were planned, where nothing is left to gain; else empty."""
        return self._submitter.ended_by()

    def is_live(self, trials: Sequence[str | None]) -> bool:
        """Whether one of the trials (None = any at all) has not ended."""
        return bool(self._flight.live) if None in trials else any(trial in self._flight.live for trial in trials)

    def one_pass(self) -> None:
        """See, write, obey, decide, stop and start. While there is much to start, seeing waits a little."""
        if not self.hurried or self._clock.now() >= self._next_look:
            self.look()
        self._obey()
        if self._stopper is not None:
            self._stopper.one_pass(more=self._submitter.has_more)
        self._start()

    def look(self) -> None:
        """See and write; neither obey nor decide."""
        self._observer.look(self._backend)
        self._next_look = self._clock.now() + BLIND

    def settle(self) -> None:
        """Find out about intents that an earlier launcher left and that are to be cancelled; start nothing."""
        self._take_in(self._submitter.settle())

    def finished(self) -> bool:
        """Nothing runs, and nothing more will be started."""
        if self._flight.live:
            return False
        if self._flight.stopping or not self._submitter.may_spend():
            return True
        return self.next_due() is None and not self._submitter.has_more()

    def handed_over(self) -> bool:
        """Every intent has its job, and no trial is left to start, or as many are under way as may be at once."""
        if self._flight.full:
            return True
        return all(job.handle for job in self._flight.live.values()) and not self._submitter.wants_more()

    def next_due(self) -> float | None:
        """When a waiting retry is due."""
        return None if self._flight.stopping else self._ledger.next_due(self._id)

    def cancel(self, trial: str | None = None) -> None:
        """Ask one trial, or all that are live, to stop; confirmed by a later pass."""
        if trial is None:
            self._flight.stopping = True
        for job in [job for job in self._flight.live.values() if trial in (None, job.trial)]:
            wish = replace(job, cancel="sweep" if trial is None else "trial")
            self._ledger.record(job, wish, time=self._clock.now())
            self._flight.live[job.trial] = wish
            if job.handle:
                self._backend.cancel(job.handle, Reason.USER)

    def _obey(self) -> None:
        """Do what another process asked for; looked up only where somebody else has written."""
        change = self._ledger.changed()
        if change == self._seen_change:
            return
        self._seen_change = change
        for request in self._ledger.take_requests(self._id):
            match request.what.split():
                case ["cancel"]:
                    self.cancel(request.trial)
                case ["parallel", count]:
                    self._submitter.most = int(count)
                    self._backend.resize(int(count))
                case _:  # asked by a newer version
                    continue

    def _start(self) -> None:
        self._take_in(self._submitter.submit())

    def _take_in(self, refused: Sequence[tuple[JobRow, str]]) -> None:
        """What was to be cancelled and was never begun is cancelled by that."""
        self._observer.take_in([(job, CANCELLED if job.cancel else _failed(why)) for job, why in refused])


def _stopper(work: Work, ledger: Ledger, backend: Backend, clock: Clock, flight: Flight) -> Stopper | None:
    if work.sweep.early_stopping is None:
        return None
    from sweeper.driver.stopping import Stopper  # most sweeps do without

    return Stopper(work, ledger, backend, clock, flight)


CANCELLED = Observation(State.CANCELLED, Reason.USER)


def _failed(why: str) -> Observation:
    return Observation(State.FAILED, Reason.CODE, note=why)
