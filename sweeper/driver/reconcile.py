"""One pass over a sweep: see what happened, write it down, decide what to start, start it. No loop, no sleep.

Every act is preceded by its intent on disk, and every act may be done twice: whoever starts again after a crash
at any line comes to the same end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sweeper.backends.protocol import Backend, Refused, Unavailable
from sweeper.clock import Clock
from sweeper.driver.halt import Watch
from sweeper.driver.retry import retry_at
from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow, TrialRow
from sweeper.model import Measurement, Observation, Reason, State, Trial
from sweeper.results.reduce import reduce
from sweeper.states import FINAL, advance

BATCH = 64
"""Trials that are looked up in the ledger at once while looking for new ones."""
_UNREACHED = 5.0
"""Seconds between two tries to submit to a backend that could not be reached."""


@dataclass
class Tally:
    """What this launcher saw, for whoever shows it."""

    ended: int = 0
    best: float | None = None
    best_trial: str = ""
    failed: list[tuple[str, Observation]] = field(default_factory=list)
    """The first few failures of this launch, newest last."""
    halted: str = ""
    """Why the sweep was stopped as a whole."""
    spent: float = 0.0
    """Seconds that jobs have run, all launches together."""
    unreachable: str = ""
    """Why the backend could not be asked in the last pass."""


class Reconciler:
    """The passes of one launcher. What it holds in memory is a copy of what the ledger says."""

    def __init__(self, work: Work, ledger: Ledger, backend: Backend, clock: Clock) -> None:
        self._work = work
        self._ledger = ledger
        self._backend = backend
        self._clock = clock
        self._id = work.sweep_id
        self._live: dict[str, JobRow] = {}
        """By trial. A trial has one live job at most."""
        self._counted: dict[str, int] = {}
        self._next = 0
        self._fresh: deque[Trial] = deque()
        self._watch = Watch()
        self._submit_after = 0.0
        self._seen_change = -1
        self._most: int | None = None
        """How many jobs may be live, as asked by a second launch; None = what the backend takes."""
        self.tally = Tally()
        self.stopping = False
        """Nothing new is started; set by ^C, a request to cancel, a limit or a systematic failure."""
        for job in ledger.live_jobs(self._id):
            self._live[job.trial] = job

    @property
    def live(self) -> int:
        """Jobs that have not ended."""
        return len(self._live)

    def is_live(self, trials: Sequence[str | None]) -> bool:
        """Whether one of the trials (None = any at all) has not ended."""
        return bool(self._live) if None in trials else any(trial in self._live for trial in trials)

    def one_pass(self) -> None:
        """See, write, decide, start."""
        self._observe()
        self._obey()
        self._submit()

    def look(self) -> None:
        """See and write; neither obey nor start."""
        self._observe()

    def finished(self) -> bool:
        """Nothing runs, and nothing more will be started."""
        if self._live:
            return False
        if self.stopping or self.tally.halted or not self._may_spend():
            return True
        return not self._fill() and self._ledger.next_due(self._id) is None

    def next_due(self) -> float | None:
        """When a waiting retry is due."""
        return None if self.stopping else self._ledger.next_due(self._id)

    # -- see --------------------------------------------------------------------------------------------------

    def _observe(self) -> None:
        by_handle = {job.handle: job for job in self._live.values() if job.handle}
        if not by_handle:
            return
        try:
            seen = self._backend.observe(list(by_handle))
            self.tally.unreachable = ""
        except Unavailable as error:
            self.tally.unreachable = str(error)
            return
        news = [(by_handle[handle], found) for handle, found in seen.items() if self._is_news(by_handle[handle], found)]
        if news:
            with self._ledger.transaction():
                moved = [self._take_in(job, found) for job, found in news]
            for job, found in moved:
                self._remember(job, found)

    def _is_news(self, job: JobRow, found: Observation) -> bool:
        return advance(job.state, found.state) != job.state or len(found.measurements) != self._counted.get(
            job.trial, 0
        )

    def _take_in(self, job: JobRow, found: Observation) -> tuple[JobRow, Observation]:
        now = self._clock.now()
        after = replace(
            job,
            state=advance(job.state, found.state),
            reason=found.reason,
            started=found.started or job.started,
            ended=found.ended,
            code=found.code,
            note=found.note,
        )
        if found.measurements:
            self._ledger.add_measurements(self._id, job.trial, found.measurements)
        if after.state != job.state:
            due = self._due(job, found, now) if after.state in FINAL else None
            self._ledger.record(job, after, time=now, note=found.note, retry_at=due)
        if found.measurements or after.state in FINAL:
            self._set_metric(job.trial, found.measurements)
        return after, found

    def _due(self, job: JobRow, found: Observation, now: float) -> float | None:
        if found.state is State.CANCELLED:
            # The whole sweep was stopped: the next launch goes on with this trial. One trial alone stays cancelled.
            return now if job.cancel == "sweep" else None
        earlier = self._ledger.jobs(self._id, job.trial)
        failures = sum(1 for one in earlier if one.state in (State.FAILED, State.LOST)) + 1
        return retry_at(found, failures=failures, limits=self._work.sweep.limits, now=now)

    def _set_metric(self, trial: str, just_read: Sequence[Measurement]) -> None:
        """What was just read comes last, whatever an earlier attempt had reported in its place."""
        stored = [found for _, found in self._ledger.measurements(self._id, trial, None)]
        value, note = reduce([*stored, *just_read], self._work.sweep.metric)
        self._ledger.set_metric(self._id, trial, value, note)

    def _remember(self, job: JobRow, found: Observation) -> None:
        self._counted[job.trial] = len(found.measurements)
        if job.state not in FINAL:
            self._live[job.trial] = job
            return
        del self._live[job.trial]
        self._counted.pop(job.trial, None)
        self.tally.ended += 1
        self.tally.spent += (found.ended or 0.0) - (found.started or found.ended or 0.0)
        if job.state in (State.FAILED, State.LOST):
            self.tally.failed = [*self.tally.failed[-9:], (job.trial, found)]
        elif job.state is State.SUCCEEDED:
            self._compare(job.trial)
        if self._watch.see(found):
            self._halt(found)

    def _compare(self, trial: str) -> None:
        row = self._ledger.trial(self._id, trial)
        if row is None or row.metric is None:
            return
        sign = 1 if self._work.sweep.metric.goal == "maximize" else -1
        if self.tally.best is None or sign * row.metric > sign * self.tally.best:
            self.tally.best, self.tally.best_trial = row.metric, trial

    def _halt(self, found: Observation) -> None:
        """Stop starting trials. The next launch tries the ones that failed once more: something will have changed."""
        self.tally.halted = f"the first {len(self._watch.signatures)} trials failed in the same way: {found.note}"
        now = self._clock.now()
        with self._ledger.transaction():
            self._ledger.update_sweep(self._id, state="halted", note=self.tally.halted)
            for trial, _ in self.tally.failed:
                self._ledger.update_trial(self._id, trial, retry_at=now)

    # -- obey -------------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        """Do what another process asked for; looked up only where somebody else has written."""
        change = self._ledger.changed()
        if change == self._seen_change:
            return
        self._seen_change = change
        requests = self._ledger.take_requests(self._id)
        for request in requests:
            if request.what == "cancel":
                self.cancel(request.trial)
            elif request.what.startswith("parallel "):
                self._most = int(request.what.partition(" ")[2])

    def cancel(self, trial: str | None = None) -> None:
        """Ask one trial, or all that are live, to stop; confirmed by a later pass."""
        if trial is None:
            self.stopping = True
        for job in [job for job in self._live.values() if trial in (None, job.trial)]:
            wish = replace(job, cancel="sweep" if trial is None else "trial")
            self._ledger.record(job, wish, time=self._clock.now())
            self._live[job.trial] = wish
            if job.handle:
                self._backend.cancel(job.handle, Reason.USER)

    # -- start ------------------------------------------------------------------------------------------------

    def _submit(self) -> None:
        now = self._clock.now()
        if now < self._submit_after:
            return
        self._start([job for job in self._live.values() if not job.handle])
        if self.stopping or self.tally.halted:
            return
        room = self._room()
        wanted = self._choose(BATCH if room is None else min(room, BATCH), now)
        if wanted:
            self._start(self._intend(wanted, now))

    def _room(self) -> int | None:
        if self._most is not None:
            return max(0, self._most - len(self._live))
        return self._backend.capacity()

    def _choose(self, room: int, now: float) -> list[Trial | TrialRow]:
        """Retries that are due, then trials that nobody has started."""
        if room <= 0 or not self._may_spend():
            return []
        due: list[Trial | TrialRow] = [row for row in self._ledger.due(self._id, now, room) if row.id not in self._live]
        while len(due) < room and self._fill():
            due.append(self._fresh.popleft())
        return due

    def _may_spend(self) -> bool:
        hours = self._work.sweep.limits.hours
        return hours is None or self.tally.spent < hours * 3600

    def _fill(self) -> bool:
        """Whether there is a trial that the ledger does not know; looks at a batch of numbers at a time."""
        while not self._fresh and self._next < self._work.planned:
            trials = list(self._batch())
            known = self._ledger.trial_ids_exist(self._id, [trial.id for trial in trials])
            self._fresh.extend(trial for trial in trials if trial.id not in known)
        return bool(self._fresh)

    def _batch(self) -> Iterator[Trial]:
        for number in range(self._next, min(self._next + BATCH, self._work.planned)):
            try:
                yield self._work.trial(number)
            except IndexError:  # fewer points than could be counted beforehand
                self._next = (number // self._work.points + 1) * self._work.points
                return
            self._next = number + 1

    def _intend(self, wanted: list[Trial | TrialRow], now: float) -> list[JobRow]:
        """The intents, on disk in one transaction before the first act."""
        jobs = []
        with self._ledger.transaction():
            for trial in wanted:
                if isinstance(trial, Trial):
                    self._ledger.put_trial(self._row(trial))
                    attempt, args = 1, self._work.args(trial)
                else:
                    attempt, args = trial.attempt + 1, self._work.args(_as_trial(trial))
                    self._ledger.update_trial(self._id, trial.id, digest=self._work.digest)
                job = JobRow(self._id, trial.id, attempt, args=args, submitted=now)
                self._ledger.record(None, job, time=now)
                jobs.append(job)
        for job in jobs:
            self._live[job.trial] = job
        return jobs

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

    def _start(self, jobs: list[JobRow]) -> None:
        """Do what was intended, then write what came of it, in one transaction."""
        handles: dict[str, str] = {}
        refused: dict[str, str] = {}
        for job in jobs:
            try:
                handles[job.trial] = self._backend.submit(self._work.job(job.trial, job.attempt, job.args))
            except Unavailable as error:
                self.tally.unreachable = str(error)
                self._submit_after = self._clock.now() + _UNREACHED
                break
            except Refused as error:
                refused[job.trial] = str(error)
        self._started(jobs, handles, refused)

    def _started(self, jobs: list[JobRow], handles: Mapping[str, str], refused: Mapping[str, str]) -> None:
        if not jobs:
            return
        with self._ledger.transaction():
            for job in jobs:
                if job.trial in handles:
                    after = replace(job, state=State.QUEUED, handle=handles[job.trial])
                    self._ledger.record(job, after, time=self._clock.now())
                    self._live[job.trial] = after
        for trial, why in refused.items():
            found = Observation(State.FAILED, Reason.CODE, note=why)
            with self._ledger.transaction():
                after, _ = self._take_in(self._live[trial], found)
            self._remember(after, found)


def _as_trial(row: TrialRow) -> Trial:
    return Trial(row.id, row.number, row.point, row.params, row.repeat, row.seed)
