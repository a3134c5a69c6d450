"""The life of a study: proposes trials, has each run by a job of its own, reads what it reports, says how it ended.

All that is decided follows from the tables: after a restart, the study goes on from where it was.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from sweeper.emulator.clock import Clock, Timer
from sweeper.emulator.jobs.lifecycle import End, finish
from sweeper.emulator.jobs.record import ENDED, Phase, Record
from sweeper.emulator.timestamps import MICRO, to_micros
from sweeper.emulator.tuning import table
from sweeper.emulator.tuning.engines import registry
from sweeper.emulator.tuning.outcome import concluded
from sweeper.emulator.tuning.reports import merged
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.stopping import hopeless
from sweeper.emulator.tuning.trial import TrialState, TuningTrial
from sweeper.emulator.tuning.tunes import Tunes
from sweeper.emulator.tuning.verdict import failed, given_up, live

LOOK = 1.0
"""Seconds between two looks at what running trials have reported."""
ABORTED = 10
"""google.rpc.Code of a study that has failed."""


class Jobs(Protocol):
    """What the keeper of all jobs does for studies."""

    def add(self, record: Record) -> Record:
        """Keep a new job, and start it."""

    def find(self, name: str) -> Record | None:
        """The job of that name."""

    def cancel(self, record: Record, *, lenient: bool = False) -> None:
        """Ask for its end."""

    def write(self, before: Record, after: Record) -> None:
        """Keep what has changed."""

    def cancelled(self, record: Record) -> End:
        """How its service tells that a job was cancelled."""

    def reported(self, name: str) -> str:
        """The text of the file in which the job reports its metrics; empty where there is none."""


class Tuner:
    """All studies. Used from the event loop's thread only."""

    def __init__(self, db: sqlite3.Connection, clock: Clock, jobs: Jobs, tunes: Iterable[Tunes], engine: str) -> None:
        self._db = db
        self._clock = clock
        self._jobs = jobs
        self._tunes = {one.collection: one for one in tunes}
        self._engine = engine
        self._looks: dict[str, Timer] = {}
        db.executescript(table.TABLE)

    def takes(self, record: Record) -> bool:
        """Whether it is a tuning job."""
        tunes = self._tunes.get(record.collection.rpartition("/")[2])
        return tunes is not None and tunes.takes(record)

    def check(self, record: Record) -> None:
        """Raise ApiError where nobody here can propose its trials."""
        registry.need(self._spec(record), self._engine)

    def trials(self, record: Record) -> list[TuningTrial]:
        """Those of a tuning job, by number."""
        return table.of_study(self._db, record.name)

    def begin(self, record: Record) -> None:
        """A new study, or one that an earlier life of the emulator has not finished."""
        self._take_over(record)
        for trial in live(self.trials(record)):
            self._start(record, trial)  # killed before its job was there
            if trial.state is TrialState.STOPPING:
                self._end(trial)  # killed before its job was told
        self._go_on(record)

    def cancel(self, record: Record) -> None:
        """The study is being cancelled: so are its trials."""
        self._go_on(record)

    def forget(self, record: Record) -> None:
        """Its trials, and the jobs that ran them, are forgotten with it."""
        table.forget(self._db, record.name)

    def heard(self, child: Record) -> None:
        """A job has moved; it may be one that runs a trial."""
        trial = table.of_child(self._db, child.name)
        study = self._jobs.find(trial.study) if trial is not None else None
        if trial is None or study is None or trial.state in (TrialState.SUCCEEDED, TrialState.INFEASIBLE):
            return
        if child.phase in ENDED:
            table.put(self._db, concluded(self._read(trial), child, self._spec(study)))
            self._go_on(study)
        elif child.started is not None and trial.state is TrialState.REQUESTED:
            table.put(self._db, replace(trial, state=TrialState.ACTIVE, started=child.started))
            self._runs(study)

    def _take_over(self, record: Record) -> None:
        """The trials of the job that it goes on from."""
        spec = self._spec(record)
        earlier = f"{record.collection}/{spec.resume}"
        if spec.resume and not self.trials(record):
            found = table.of_study(self._db, earlier)
            table.put(self._db, *(replace(one, study=record.name, earlier=True, child="") for one in found))

    def _go_on(self, record: Record) -> None:
        """Start what there is room for, end what is to end, and the study itself once nothing of it is left."""
        study = self._jobs.find(record.name)
        if study is None or study.phase in ENDED:
            return
        spec, own = self._spec(study), [one for one in self.trials(study) if not one.earlier]
        stopped = study.phase is Phase.CANCELLING or bool(given_up(spec, own))
        if stopped:
            for trial in live(own):
                self._end(trial)
        else:
            self._fill(study, spec)
        own = [one for one in self.trials(study) if not one.earlier]
        if live(own):
            self._look_later(study)
        else:
            self._finish(study, spec, own)

    def _fill(self, study: Record, spec: Spec) -> None:
        while True:
            trials = self.trials(study)
            own = [one for one in trials if not one.earlier]
            if len(own) >= spec.max_trials or len(live(own)) >= spec.parallel:
                return
            number = 1 + max((one.number for one in trials), default=0)
            params = registry.propose(spec, self._engine, _seed(study), number, trials)
            if params is None:
                return
            now = to_micros(self._clock.now())
            self._start(study, TuningTrial(study.name, number, params, TrialState.REQUESTED, now))

    def _start(self, study: Record, trial: TuningTrial) -> None:
        """The trial is on disk with the name of its job, then the job is made: once, whatever happens between."""
        if trial.child and self._jobs.find(trial.child) is not None:
            return
        tunes = self._tunes[study.collection.rpartition("/")[2]]
        child = tunes.child(study, study.collection.split("/")[1], trial)
        table.put(self._db, replace(trial, child=child.name))
        self._jobs.add(child)

    def _end(self, trial: TuningTrial) -> None:
        child = self._jobs.find(trial.child)
        if child is not None and child.phase is not Phase.CANCELLING:
            self._jobs.cancel(child, lenient=True)

    def _runs(self, study: Record) -> None:
        if study.phase in (Phase.QUEUED, Phase.PREPARING):
            now = to_micros(self._clock.now())
            after = replace(study, phase=Phase.RUNNING, started=now, updated=now, version=study.version + 1)
            self._jobs.write(study, after)

    def _finish(self, study: Record, spec: Spec, own: Sequence[TuningTrial]) -> None:
        if timer := self._looks.pop(study.name, None):
            timer.cancel()
        if study.phase is Phase.CANCELLING:
            end = self._jobs.cancelled(study)
        else:
            why = failed(spec, own)
            end = End(Phase.FAILED, ABORTED, why) if why else End(Phase.SUCCEEDED)
        self._jobs.write(study, finish(study, end, to_micros(self._clock.now())))

    def _look_later(self, study: Record) -> None:
        if study.name not in self._looks:
            when = self._clock.now() + LOOK
            self._looks[study.name] = self._clock.call_at(when, lambda: self._look(study.name))

    def _look(self, name: str) -> None:
        """Read what the running trials have reported by now, and end those that look hopeless."""
        self._looks.pop(name, None)
        study = self._jobs.find(name)
        if study is None or study.phase in ENDED:
            return
        spec, trials = self._spec(study), self.trials(study)
        for trial in [one for one in trials if one.state is TrialState.ACTIVE]:
            read = self._read(trial)
            if hopeless(read, trials, spec):
                read = replace(read, state=TrialState.STOPPING)
                table.put(self._db, read)
                self._end(read)
            elif read != trial:
                table.put(self._db, read)
        self._look_later(study)

    def _read(self, trial: TuningTrial) -> TuningTrial:
        started = (trial.started or trial.created) / MICRO
        found = merged(trial.measurements, self._jobs.reported(trial.child), started=started)
        return replace(trial, measurements=found)

    def _spec(self, record: Record) -> Spec:
        return self._tunes[record.collection.rpartition("/")[2]].spec(record)


def _seed(study: Record) -> int:
    """Of a job that is sent again under the same name, the same."""
    return zlib.crc32((study.display or study.job_id).encode())
