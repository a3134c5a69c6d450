"""What a tuning service shows of its trials, written into the ledger as rows like any others."""

from __future__ import annotations

from sweeper.clock import Clock
from sweeper.driver.asked import Dictionary
from sweeper.driver.observe import Observer
from sweeper.driver.plan import covered
from sweeper.driver.tally import Flight
from sweeper.driver.work import Work
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow, StudyRow, TrialRow, study_trial_id
from sweeper.model import Observation, Reason, State
from sweeper.space.identity import point_id
from sweeper.studies.protocol import Progress, StudyTrial

APART = 1_000_000
"""Between the numbers of one attempt's trials and those of the next; services make far fewer."""


class StudyLedger:
    """The trials of one sweep."""

    def __init__(self, work: Work, ledger: Ledger, clock: Clock, flight: Flight, dictionary: Dictionary) -> None:
        self._work = work
        self._id = work.sweep_id
        self._ledger = ledger
        self._clock = clock
        self._flight = flight
        self._dictionary = dictionary
        self._observer = Observer(work, ledger, clock, flight, retried=False)
        self._known = {trial.id for trial in ledger.trials(work.sweep_id)}
        self._names: tuple[str, ...] = ()

    def remaining(self) -> int:
        """Trials that the config means and no study has covered: one that succeeded covers all it was asked for."""
        return max(0, self._work.planned - covered(self._ledger, self._id))

    def take_in(self, row: StudyRow, seen: Progress) -> None:
        """Begin the rows of trials that are new, then write what is new of each."""
        self._names = seen.names or self._names
        new = [one for one in seen.trials if study_trial_id(row.attempt, one.number) not in self._known]
        if new:
            with self._ledger.transaction():
                begun = [self._begin(row, one) for one in new]
            self._flight.live.update((job.trial, job) for job in begun)
            self._known.update(job.trial for job in begun)
        told = [(self._flight.live.get(study_trial_id(row.attempt, one.number)), one.seen) for one in seen.trials]
        self._observer.take_in([(job, found) for job, found in told if job is not None])

    def close(self, row: StudyRow) -> None:
        """What the service has not told the end of has ended with the study; and say what was wrong with it."""
        state = State.CANCELLED if row.state is State.CANCELLED else State.LOST
        left = Observation(state, Reason.USER if row.cancel else Reason.NONE, note="the tuning job ended before it did")
        self._observer.take_in([(job, left) for job in list(self._flight.live.values())])
        tally, note = self._flight.tally, self._unmeasured(row)
        if row.state in (State.FAILED, State.LOST) or (row.state is State.CANCELLED and not row.cancel):
            why = row.note or "the service does not say why"
            tally.halted = tally.halted or f"the tuning job is {row.state}: {why}"
        if tally.halted:
            self._ledger.update_sweep(self._id, state="halted", note="\n  ".join(filter(None, [tally.halted, note])))
        elif note:
            self._ledger.update_sweep(self._id, note=note)

    def _unmeasured(self, row: StudyRow) -> str:
        """Where no trial has reported the metric: that, and what they did report."""
        trials = list(self._ledger.trials(self._id))
        if not trials or any(one.metric is not None or one.metric_note == "nan" for one in trials):
            return ""
        wanted = self._work.sweep.metric.name
        stored = (found.metric for _, found in self._ledger.measurements(self._id))
        seen = sorted({*stored, *self._names} - {wanted})
        names = f"what they reported: {', '.join(seen)}" if seen else "what they did report is not to be seen from here"
        return f"no trial has reported {wanted}; {names}"

    def _begin(self, row: StudyRow, one: StudyTrial) -> JobRow:
        point = self._dictionary.point(one.params)
        name = study_trial_id(row.attempt, one.number)
        trial = TrialRow(
            self._id,
            name,
            (row.attempt - 1) * APART + one.number,
            point_id(point),
            point,
            seed=self._dictionary.seed,
            digest=self._work.digest,
        )
        now = self._clock.now()
        job = JobRow(self._id, name, 1, args=self._dictionary.argv(one.params), submitted=one.seen.started or now)
        self._ledger.begin(trial, job, time=now)
        queued = replace(job, state=State.QUEUED, handle=one.handle)
        self._ledger.record(job, queued, time=now)
        return queued
