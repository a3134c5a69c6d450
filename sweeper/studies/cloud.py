"""The tuning services of both clouds: one tuning job, whatever becomes of requests and processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.backends.cloud.crew import Crew
from sweeper.backends.cloud.fetch import fetch
from sweeper.backends.cloud.logs import text
from sweeper.backends.cloud.measures import Measures
from sweeper.backends.cloud.names import STUDY
from sweeper.backends.cloud.outcome import observation
from sweeper.backends.cloud.pace import Pace
from sweeper.backends.cloud.patience import EMULATOR, GOOGLE, Patience
from sweeper.backends.cloud.room import Room
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.cloud.submit import Submission
from sweeper.backends.cloud.troubles import Troubles, told
from sweeper.backends.cloud.twins import Twins
from sweeper.backends.protocol import Barred, Unavailable
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed
from sweeper.google.rate import TokenBucket
from sweeper.model import CloudSettings, State, Sweep
from sweeper.states import FINAL
from sweeper.studies.jobs import TuningJobs
from sweeper.studies.protocol import Progress, StudyJob
from sweeper.studies.reports import Reports, readable
from sweeper.studies.service import StudyService, split

if TYPE_CHECKING:
    from sweeper.google.client import Google

READERS = 8


@dataclass
class _Watched:
    """One study, as far as looking at it goes."""

    pace: Pace
    trouble: Unavailable | Barred | None = None
    before: object = None
    """The states that were told last."""


class CloudStudies:
    """Keeps the promises of the protocol with the calls of one service. ``staged`` is needed only to create."""

    def __init__(
        self,
        service: StudyService,
        google: Google,
        *,
        project: str,
        staged: Staged | None,
        sweep: Sweep,
        clock: Clock,
        say: Callable[[str], None],
        patience: Patience | None = None,
        recent: Iterable[float] = (),
    ) -> None:
        patience = patience or (GOOGLE if google.endpoint is None else EMULATOR)
        settings = sweep.clouds.get(sweep.backend, CloudSettings())
        self.title, self.resumes = service.title, service.resumes
        self._service = service
        self._google = google
        self._project = project
        self._clock = clock
        self._closing = threading.Event()
        self._storage = google.storage()
        room = Room(TokenBucket(settings.creates_per_minute, clock, recent=recent), clock, patience, parallel=None)
        twins = Twins(service, say)
        self._submission = Submission(service, room, twins, clock, patience, staged.digest if staged else "")
        self._jobs = TuningJobs(service, twins, clock, patience)
        measures = Measures(self._storage, None, readable(sweep.metric), Crew(READERS, "look"), service.roots)
        self._reports = Reports(measures, sweep.metric, clock, every=patience.metrics)
        self._patience = patience
        self._watched: dict[str, _Watched] = {}
        self._troubles = Troubles(clock, patience)

    def __repr__(self) -> str:
        return f"CloudStudies({self.title})"

    def create(self, job: StudyJob, *, again: bool = False, find: bool = False) -> str:
        """As plain jobs are made; see ``backends.cloud.submit``."""
        row = self._submission.submit(job, again=again, find=find)
        self._jobs.made(row)
        self._soon(row.handle)
        return row.handle

    def observe(self, handle: str) -> Progress | None:
        """One look at the tuning job, if one is due, and at what its running trials have left in the bucket."""
        watched = self._watched.setdefault(handle, _Watched(Pace(self._patience)))
        if not watched.pace.due(self._clock.now()):
            if watched.trouble:
                raise watched.trouble.with_traceback(None)
            return None
        try:
            job = self._jobs.look(handle)
            found = Progress(State.LOST) if job is None else self._progress(job)
        except CallFailed as error:
            after = watched.pace.failed(self._clock.now(), error.retry_after)
            watched.trouble = self._troubles.told(error, after=after)
            raise watched.trouble from None
        self._troubles.over()
        watched.trouble = None
        now = found and (found.state, [(one.number, one.seen.state) for one in found.trials])
        watched.pace.after(self._clock.now(), happened=now != watched.before, requests=self._jobs.requests)
        watched.before = now
        return found

    def cancel(self, handle: str) -> None:
        """Quiet where it has ended or is not there."""
        try:
            self._jobs.cancel(handle)
        except CallFailed as error:
            raise told(error) from None
        self._soon(handle)

    def output(self, handle: str) -> Iterator[str]:
        """From Cloud Logging."""
        try:
            which = self._service.log_filter(handle)
            query = f'resource.type="ml_job" AND {which}'
            for entry in self._google.log_entries(self._project, filter=query) if which else ():
                for line in text(entry).splitlines() or [""]:
                    yield f"{line}\n"
        except CallFailed as error:
            raise told(error) from None

    def fetch(self, handle: str, into: Path) -> None:
        """From the bucket."""
        study, number = split(handle)
        try:
            job = self._service.get(study)
            row = self._service.row(job) if job is not None else None
            if row is not None and row.folder:
                fetch(self._storage, f"{row.folder}/{number}", into)
        except CallFailed as error:
            raise told(error) from None

    def discover(self, sweep_id: str) -> list[tuple[int, str]]:
        """Every attempt; of two that a request delivered twice has made, the older one."""
        try:
            rows = sorted(self._service.of_sweep(sweep_id), key=lambda row: row.age)
        except CallFailed as error:
            raise told(error) from None
        found: dict[int, str] = {}
        for row in rows:
            if row.trial == STUDY and row.attempt:
                found.setdefault(row.attempt, row.handle)
        return sorted(found.items())

    def wait(self, seconds: float) -> None:
        """Nothing calls back from the cloud: it is time that passes."""
        self._closing.wait(seconds)

    def close(self) -> None:
        """The study runs on."""
        self._closing.set()
        self._jobs.finish()
        self._google.close()

    def _soon(self, handle: str) -> None:
        if watched := self._watched.get(handle):
            watched.pace.soon(self._clock.now())

    def _progress(self, job: Any) -> Progress | None:
        row = self._service.row(job)
        seen = observation(row)
        if seen is None:
            return None
        trials = tuple(self._reports.of(row, self._service.trials(job, row)))
        if seen.state not in FINAL:
            return Progress(seen.state, started=row.started, trials=trials)
        names = self._reports.names(trials)
        return Progress(seen.state, seen.reason, row.started, row.ended, seen.note, trials, names)
