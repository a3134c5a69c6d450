"""The first half of a pass: ask the backend about all live jobs, and write down what is new."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sweeper.backends.protocol import Backend, Unavailable
from sweeper.clock import Clock
from sweeper.driver.halt import Watch
from sweeper.driver.judge import Judge
from sweeper.driver.reduced import set_metric
from sweeper.driver.retry import retry_at
from sweeper.driver.tally import Flight, in_words, seconds_run
from sweeper.driver.work import Work
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow
from sweeper.model import Observation, Reason, State
from sweeper.results.reduce import MISSING
from sweeper.states import FINAL, advance

ROOM = "another machine or region may have room"


class Observer:
    """Sees and writes. ``retried``: what fails may be run again, and then it is this launcher that decides when.

    ``heard`` is told of every job of which there was news, once that is on disk.
    """

    def __init__(
        self,
        work: Work,
        ledger: Ledger,
        clock: Clock,
        flight: Flight,
        *,
        retried: bool = True,
        heard: Callable[[JobRow, Observation], None] | None = None,
    ) -> None:
        self._work = work
        self._ledger = ledger
        self._clock = clock
        self._retried = retried
        self._heard = heard
        self._flight = flight
        self._id = work.sweep_id
        self._judge = Judge(ledger, work.sweep_id, work.sweep.metric)
        self._counted: dict[str, int] = {}
        # A smoke run is to find out which trials need too much memory.
        self._watch = Watch(spared=frozenset([Reason.OOM]) if work.sweep.is_smoke else frozenset())

    def look(self, backend: Backend) -> None:
        """One round of calls, one transaction."""
        by_handle = {job.handle: job for job in self._flight.live.values() if job.handle}
        if not by_handle:
            return
        try:
            seen = backend.observe(list(by_handle))
        except Unavailable as error:
            self._flight.tally.trouble = in_words(error)
            return
        self._flight.tally.trouble = ""
        self.take_in([(by_handle[handle], found) for handle, found in seen.items()])

    def take_in(self, seen: Sequence[tuple[JobRow, Observation]]) -> None:
        """Write down what was seen of some jobs, as far as it is new."""
        news = [(job, found) for job, found in seen if self._is_news(job, found)]
        if not news:
            return
        with self._ledger.transaction():
            moved = [(self._write(job, found), found) for job, found in news]
        for job, found in moved:
            self._remember(job, found)

    def _is_news(self, job: JobRow, found: Observation) -> bool:
        moved = advance(job.state, found.state) != job.state
        return moved or len(found.measurements) != self._counted.get(job.trial, 0)

    def _write(self, job: JobRow, found: Observation) -> JobRow:
        after = replace(
            job,
            state=advance(job.state, found.state),
            reason=found.reason,
            started=found.started or job.started,
            ended=found.ended,
            code=found.code,
            note=(job.cancel and job.note) or found.note,  # why a rule ended it says more than how it ended
        )
        if found.measurements:
            self._ledger.add_measurements(self._id, job.trial, found.measurements)
        if after.state != job.state:
            now = self._clock.now()
            due = self._due(job, found, now) if after.state in FINAL else None
            self._ledger.record(job, after, time=now, note=after.note, retry_at=due)
        if found.measurements or after.state in FINAL:
            early = after.reason is Reason.STOPPED_EARLY
            set_metric(self._ledger, self._id, job.trial, self._work.sweep.metric, found.measurements, early=early)
        return after

    def _due(self, job: JobRow, found: Observation, now: float) -> float | None:
        if not self._retried:
            return None
        if found.state is State.CANCELLED:
            # The whole sweep was stopped: the next launch goes on with this trial. One trial alone stays cancelled.
            return now if job.cancel == "sweep" else None
        if found.state not in (State.FAILED, State.LOST):
            return None
        earlier = [one for one in self._ledger.jobs(self._id, job.trial) if one.state in (State.FAILED, State.LOST)]
        failures = sum(one.reason is not Reason.QUOTA for one in earlier) + 1
        return retry_at(found, failures=failures, limits=self._work.sweep.limits, now=now)

    def _remember(self, job: JobRow, found: Observation) -> None:
        """After the commit: what is in memory follows what is on disk."""
        self._counted[job.trial] = len(found.measurements)
        if self._heard is not None:
            self._heard(job, found)
        if job.state not in FINAL:
            self._flight.live[job.trial] = job
            return
        del self._flight.live[job.trial]
        del self._counted[job.trial]
        tally = self._flight.tally
        tally.ended += 1
        tally.spent += seconds_run(job, self._clock.now())
        tally.ran += job.started is not None
        if job.state is State.SUCCEEDED:
            self._compare(job.trial)
        elif found.reason is Reason.QUOTA:
            self._flight.full = True
            tally.trouble = f"waiting for room: {found.note}\n  trials wait until others have ended; {ROOM}"
        elif job.state is not State.CANCELLED:
            tally.failed = [*tally.failed[-9:], (job.trial, replace(found, note=job.note))]
        if self._watch.see(found):
            self._halt(found)
        elif self._retried and tally.halted and job.state in (State.FAILED, State.LOST):
            self._ledger.update_trial(self._id, job.trial, retry_at=self._clock.now())

    def _compare(self, trial: str) -> None:
        row, tally = self._ledger.trial(self._id, trial), self._flight.tally
        if row is not None and row.metric_note.startswith(MISSING) and tally.best is None:
            tally.unranked = tally.unranked or f"trial {trial[:8]} has succeeded with {row.metric_note}"
        if row is None or row.metric is None or not self._judge.holds(row):
            return
        sign = 1 if self._work.sweep.metric.goal == "maximize" else -1
        if tally.best is None or sign * row.metric > sign * tally.best:
            tally.best, tally.best_trial = row.metric, trial

    def _halt(self, found: Observation) -> None:
        """Stop starting trials. The next launch tries the failed ones once more: something will have changed."""
        why = f"the first {len(self._watch.signatures)} trials failed in the same way: {found.note}"
        self._flight.tally.halted, self._flight.stopping = why, True
        now = self._clock.now()
        with self._ledger.transaction():
            self._ledger.update_sweep(self._id, state="halted", note=why)
            for trial, _ in self._flight.tally.failed if self._retried else ():
                self._ledger.update_trial(self._id, trial, retry_at=now)
