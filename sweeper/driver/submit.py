"""The second half of a pass: choose what to run next, write the intents down, then act."""

from __future__ import annotations

from collections.abc import Iterable

from sweeper.backends.protocol import Backend, Refused, Unavailable
from sweeper.clock import Clock
from sweeper.driver.fresh import BATCH, fresh
from sweeper.driver.lanes import Came, Lanes
from sweeper.driver.spending import Budget
from sweeper.driver.tally import Flight, in_words
from sweeper.driver.work import Work
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow, TrialRow
from sweeper.model import Reason, State, Trial

SILENCE = 3.0
"""Seconds for which jobs may each be in doubt, and none be made, before that is worth a word."""


class Submitter:
    """Chooses, intends, starts."""

    def __init__(self, work: Work, ledger: Ledger, backend: Backend, clock: Clock, flight: Flight) -> None:
        self._work = work
        self._ledger = ledger
        self._backend = backend
        self._clock = clock
        self._flight = flight
        self._id = work.sweep_id
        self._fresh = fresh(work, ledger)
        self._not_before = 0.0
        self._stuck_since: float | None = None
        self._lanes = Lanes(backend)
        self._budget = Budget(work, ledger, flight)
        self.hurried = False
        """There was room for more than one pass starts."""
        self.most: int | None = None
        """How many jobs may be live, as a second launch asked; None = what the backend takes."""

    def submit(self) -> list[tuple[JobRow, str]]:
        """Start what there is room for. Returns the jobs that the backend refused, and why."""
        refused = self.settle()
        now = self._clock.now()
        if now < self._not_before:
            return refused
        self.hurried = False
        refused += self._start(self._unanswered(), again=True, leave=self._ahead)
        room = self._room()  # asked also where nothing new is started: what waits at the backend is still wanted
        wanted = [] if self._flight.stopping else self._choose(room, now)
        self.hurried = len(wanted) == self._batch_size
        leave = self._ahead if self.hurried else 0
        return refused + self._start(self._intend(wanted, now), again=False, leave=leave)

    def settle(self) -> list[tuple[JobRow, str]]:
        """Take in what came meanwhile, and find out about intents that are to be cancelled; start nothing."""
        refused = self._told(self._lanes.told())
        return refused + self._start([job for job in self._unanswered() if job.cancel], again=True, leave=0)

    def has_more(self) -> bool:
        """Whether a trial is left that nobody has started, and may be."""
        return self.may_spend() and self._fresh.more()

    def wants_more(self) -> bool:
        """Whether a trial is left to start that ``limits.parallel`` does not keep waiting for another's end."""
        most = self.most or self._work.parallel
        return (most is None or len(self._flight.live) < most) and self.has_more()

    def may_spend(self) -> bool:
        """Whether ``limits.hours`` and ``limits.cost`` leave anything."""
        return self._budget.affords(self._clock.now()) != 0

    def stopped_by(self) -> str:
        """The limit that keeps the trials which are left from being started; empty where none does."""
        if self.may_spend():
            return ""
        left = self._fresh.more() or self._ledger.next_due(self._id) is not None
        return self._budget.in_words() if left else ""

    def ended_by(self) -> str:
        """Why fewer trials were started than were planned, where no limit is the reason."""
        return self._fresh.ended_by()

    def _room(self) -> int:
        room = self._backend.capacity()
        if room is not None:
            room -= len(self._lanes)
        if self.most is not None:
            left = self.most - len(self._flight.live)
            room = left if room is None else min(room, left)
        return self._batch_size if room is None else min(room, self._batch_size)

    @property
    def _batch_size(self) -> int:
        """How many are intended at once: on several lanes enough of them that few lanes wait for the last."""
        return max(BATCH, 8 * self._backend.lanes)

    @property
    def _ahead(self) -> int:
        """How many may be under way while something else is done, so that no lane waits for work meanwhile."""
        return 8 * self._backend.lanes

    def _unanswered(self) -> list[JobRow]:
        """Intents of which it is not known what became of them, but for those that are being asked for right now."""
        waiting = [job for job in self._flight.live.values() if not job.handle]
        return [job for job in waiting if not self._lanes.has(job)]

    def _choose(self, room: int, now: float) -> list[Trial | TrialRow]:
        """Retries that are due, then trials that nobody has started."""
        affordable = self._budget.affords(now)
        room = room if affordable is None else min(room, affordable)
        if room <= 0:
            return []
        due = [row for row in self._ledger.due(self._id, now, room) if row.id not in self._flight.live]
        return [*due, *self._fresh.take(room - len(due))]

    def _intend(self, wanted: list[Trial | TrialRow], now: float) -> list[JobRow]:
        """The intents are on disk, in one transaction, before the first act."""
        if not wanted:
            return []
        with self._ledger.transaction(durable=self._work.durable):
            jobs = [self._intent(trial, now) for trial in wanted]
        self._flight.live.update((job.trial, job) for job in jobs)
        return jobs

    def _intent(self, trial: Trial | TrialRow, now: float) -> JobRow:
        if isinstance(trial, Trial):
            job = JobRow(self._id, trial.id, 1, args=self._work.args(trial), submitted=now)
            self._ledger.begin(self._row(trial), job, time=now)
            return job
        again = Trial(trial.id, trial.number, trial.point, trial.params, trial.repeat, trial.seed)
        job = JobRow(self._id, trial.id, trial.attempt + 1, args=self._work.args(again), submitted=now)
        self._ledger.update_trial(self._id, trial.id, digest=self._work.digest)
        promoted = trial.state is State.SUCCEEDED and trial.reason is Reason.STOPPED_EARLY
        self._ledger.record(None, job, time=now, note="promoted" if promoted else "")
        return job

    def _row(self, trial: Trial) -> TrialRow:
        return TrialRow(
            sweep=self._id,
            id=trial.id,
            number=trial.number,
            point=trial.point_id,
            params=trial.point,
            repeat=trial.repeat,
            seed=trial.seed,
            digest=self._work.digest,
        )

    def _start(self, jobs: list[JobRow], *, again: bool, leave: int) -> list[tuple[JobRow, str]]:
        """Do what was intended, then write what came of it; of up to ``leave`` jobs, it is a later pass that does."""
        asked = [(job, self._work.job(job.trial, job.attempt, job.args), again) for job in jobs]
        return self._told(self._lanes.submit(asked, leave=leave))

    def _told(self, news: Iterable[tuple[JobRow, Came]]) -> list[tuple[JobRow, str]]:
        """Write what came of jobs, in one transaction."""
        queued: list[tuple[JobRow, JobRow]] = []
        refused: list[tuple[JobRow, str]] = []
        try:
            for asked, came in news:
                job = self._flight.live.get(asked.trial, asked)  # it may have been told to stop meanwhile
                if isinstance(came, Refused):
                    refused.append((job, str(came)))
                elif isinstance(came, Unavailable):
                    self._hold(came)
                else:
                    self._stuck_since, self._flight.full = None, False
                    queued.append((job, replace(job, state=State.QUEUED, handle=came)))
                    if job.cancel:  # asked for while the job could not be reached
                        self._backend.cancel(came, Reason.USER)
        finally:
            self._write(queued)
        return refused

    def _hold(self, why: Unavailable) -> None:
        now, tally = self._clock.now(), self._flight.tally
        if not why.alone:
            self._flight.full = why.full
            tally.trouble = in_words(why) or tally.trouble
            self._not_before = max(self._not_before, now + why.after)
            return
        # It is asked about again in every pass.
        self._stuck_since = now if self._stuck_since is None else self._stuck_since
        if now >= self._stuck_since + SILENCE:
            tally.trouble = in_words(why)

    def _write(self, queued: list[tuple[JobRow, JobRow]]) -> None:
        if not queued:
            return
        with self._ledger.transaction():
            for before, after in queued:
                self._ledger.record(before, after, time=self._clock.now())
        self._flight.live.update((after.trial, after) for _, after in queued)
