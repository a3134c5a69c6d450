"""The part of a pass that ends trials before their time: by a rule, where they hang, where they diverge.

What a rule decides follows from the measurements on disk alone, so that a launcher that was killed decides the same
again. The wish to stop is on disk before the backend is asked, and is asked for again by the next launcher.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from sweeper.backends.protocol import Backend
from sweeper.clock import Clock
from sweeper.driver.tally import Flight
from sweeper.driver.work import Work
from sweeper.early_stopping.judge import Judge
from sweeper.lean import dataclass, replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow
from sweeper.model import EarlyStopping, Observation, Reason, State

WISHES = {str(reason): reason for reason in (Reason.STOPPED_EARLY, Reason.DIVERGED, Reason.STALLED)}
"""What ``JobRow.cancel`` says of a job that is to be ended from here."""


@dataclass
class Signs:
    """The life that a running trial shows."""

    count: int
    """Of measurements."""
    since: float
    """How long it has been that many."""
    was: int = -1
    """How many there were already when it began; -1 = none."""
    diverged: str = ""


class Stopper:
    """Hears what was written down, decides, wishes, acts."""

    def __init__(self, work: Work, ledger: Ledger, backend: Backend, clock: Clock, flight: Flight) -> None:
        self._id = work.sweep_id
        self._ledger = ledger
        self._backend = backend
        self._clock = clock
        self._flight = flight
        self._metric = work.sweep.metric.name
        self._settings = work.sweep.early_stopping or EarlyStopping("none")
        self._judge = Judge(self._settings, work.sweep.metric)
        self._read_to = 0
        self._begun = False
        self._news = True
        self._open: set[str] = set()
        """Trials that may have to be stopped or promoted."""
        self._signs: dict[str, Signs] = {}
        """Of the trials that run."""
        self._last = ""

    def hear(self, job: JobRow, found: Observation) -> None:
        """There was news of a job, and it is on disk."""
        self._open.add(job.trial)
        self._news = self._news or bool(found.measurements)
        if job.state is not State.RUNNING:
            self._signs.pop(job.trial, None)
            return
        signs, count = self._signs.get(job.trial), len(found.measurements)
        if signs is None:  # in the folder of a later attempt lies what the earlier ones have reported
            signs = self._signs[job.trial] = Signs(count, self._clock.now(), was=count if job.attempt > 1 else -1)
        elif signs.count != count:
            signs.count, signs.since = count, self._clock.now()
        last = next((one for one in reversed(found.measurements) if one.metric == self._metric), None)
        if last is not None and not isfinite(last.value) and count != signs.was:
            signs.diverged = f"{self._metric} was {last.value} at step {last.step}"

    def one_pass(self, *, more: Callable[[], bool]) -> None:
        """Decide about all that is open, and act. ``more``: whether a trial is left that nobody has started."""
        if not self._begun:
            self._begun = True
            self._ask_again()
            self._open.update(self._flight.live, self._ledger.stopped_early(self._id))
            running = [job.trial for job in self._flight.live.values() if job.state is State.RUNNING]
            self._signs = {**{trial: Signs(0, self._clock.now()) for trial in running}, **self._signs}
        self._read()
        self._last = self._last_one(more)
        self._open.update(filter(None, [self._last]))
        if self._settings.stall is not None:
            self._open.update(trial for trial in self._signs if self._is_silent(trial))
        self._open = {trial for trial in sorted(self._open) if not self._settle(trial)}

    def _ask_again(self) -> None:
        """The launcher that wished for it may have been killed before it could ask."""
        for job in self._flight.live.values():
            if job.handle and job.cancel in WISHES:
                self._backend.cancel(job.handle, WISHES[job.cancel])

    def _read(self) -> None:
        if not self._news:
            return
        self._news = False
        for seq, trial, step, value in self._ledger.measured_since(self._read_to, self._id, self._metric):
            self._read_to = seq
            self._open.update(self._judge.take(trial, step, value))

    def _last_one(self, more: Callable[[], bool]) -> str:
        """Once nothing else runs or is to come: the best one, which is to run to its end whatever the rule says."""
        leader = self._judge.leader if self._settings.resumes else ""
        if not leader or self._flight.live.keys() - {leader} or more() or self._ledger.next_due(self._id) is not None:
            return ""
        return leader

    def _settle(self, trial: str) -> bool:
        """Do what is to be done about a trial. False where it has to wait until its job can be reached."""
        job = self._flight.live.get(trial)
        if job is None:
            if self._settings.resumes and (trial not in self._judge.stopped or trial == self._last):
                self._promote(trial)
            return True
        if job.cancel:
            return True
        reason, why = self._verdict(job)
        if reason is Reason.NONE:
            return True
        if job.handle:
            self._wish(job, reason, why)
        return bool(job.handle)

    def _verdict(self, job: JobRow) -> tuple[Reason, str]:
        signs = self._signs.get(job.trial)
        if signs is not None and signs.diverged:
            return Reason.DIVERGED, signs.diverged
        if job.trial in self._judge.stopped and job.trial != self._last:
            return Reason.STOPPED_EARLY, self._judge.stopped[job.trial]
        if self._is_silent(job.trial):
            return Reason.STALLED, f"it reported nothing for {self._settings.stall:g} s"
        return Reason.NONE, ""

    def _is_silent(self, trial: str) -> bool:
        """It has reported nothing for too long, counted from when this launcher first saw it run."""
        signs, stall = self._signs.get(trial), self._settings.stall
        return signs is not None and stall is not None and self._clock.now() - signs.since >= stall

    def _wish(self, job: JobRow, reason: Reason, why: str) -> None:
        wish = replace(job, cancel=str(reason), note=why)
        self._ledger.record(job, wish, time=self._clock.now())
        self._flight.live[job.trial] = wish
        self._backend.cancel(job.handle, reason)

    def _promote(self, trial: str) -> None:
        """One that a rule has stopped is among the best now: its next attempt goes on in the same folder."""
        row = self._ledger.trial(self._id, trial)
        stopped = row is not None and row.state is State.SUCCEEDED and row.reason is Reason.STOPPED_EARLY
        if stopped and row is not None and row.retry_at is None:
            self._ledger.update_trial(self._id, trial, retry_at=self._clock.now())
