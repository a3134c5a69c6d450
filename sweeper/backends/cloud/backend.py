"""The backend of both clouds: jobs of a service, their files in a bucket, and nothing kept on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.backends.cloud.cancels import Cancels
from sweeper.backends.cloud.crew import Crew
from sweeper.backends.cloud.fetch import fetch
from sweeper.backends.cloud.history import Past, history, of_sweep
from sweeper.backends.cloud.logs import Logs
from sweeper.backends.cloud.measures import Measures
from sweeper.backends.cloud.pace import Pace
from sweeper.backends.cloud.patience import EMULATOR, GOOGLE, Patience
from sweeper.backends.cloud.room import Room
from sweeper.backends.cloud.round import Round
from sweeper.backends.cloud.service import Service
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.cloud.states import States
from sweeper.backends.cloud.stops import Stops
from sweeper.backends.cloud.submit import Submission
from sweeper.backends.cloud.troubles import Troubles, told
from sweeper.backends.cloud.twins import Twins
from sweeper.backends.protocol import Barred, Unavailable
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed
from sweeper.google.place import Place
from sweeper.google.rate import TokenBucket
from sweeper.model import CloudSettings, Job, Observation, Reason, Sweep

if TYPE_CHECKING:
    from sweeper.google.client import Google

LANES = 32
"""Threads that submit. Past that the client library's own work on the CPU is what a create waits for."""
READERS = 8
"""Threads that look and read."""


class CloudBackend:
    """Keeps the promises of the protocol with the calls of one service. ``staged`` is needed only to submit."""

    lanes = LANES

    def __init__(
        self,
        service: Service,
        google: Google,
        *,
        place: Place,
        staged: Staged | None,
        sweep: Sweep,
        parallel: int | None,
        clock: Clock,
        say: Callable[[str], None],
        patience: Patience | None = None,
        recent: Iterable[float] = (),
    ) -> None:
        """``recent``: when earlier processes created jobs in the last minute; they count against the rate too."""
        patience = patience or (GOOGLE if google.endpoint is None else EMULATOR)
        settings = sweep.clouds.get(sweep.backend, CloudSettings())
        self._service = service
        self._google = google
        self._clock = clock
        self._patience = patience
        self._closing = threading.Event()
        readers = Crew(READERS, "look")
        self._storage = google.storage()
        rate = TokenBucket(settings.creates_per_minute, clock, recent=recent)
        self._room = Room(rate, clock, patience, parallel=parallel if parallel is not None else sweep.limits.parallel)
        twins = Twins(service, say)
        digest = staged.digest if staged else ""
        self._submission = Submission(service, self._room, twins, clock, patience, digest)
        self._states = States(service, twins, clock, patience, readers)
        self._logs = Logs(google, service, project=place.project, pattern=sweep.metric.pattern, lag=patience.log_lag)
        self._measures = Measures(self._storage, self._logs, sweep.metric, readers)
        self._stops = Stops(self._storage)
        self._cancels = Cancels(service, self._states, self._stops, twins, Crew(READERS, "cancel"), say)
        self._pace = Pace(patience)
        self._troubles = Troubles(clock, patience)
        self._trouble: Unavailable | Barred | None = None
        self._round = Round(self._states, self._stops, self._measures, self._room, clock, patience)

    def __repr__(self) -> str:
        return f"CloudBackend({self._service.title})"

    def capacity(self) -> int:
        """How many creates the rate, the limit on parallel jobs and the quota allow now."""
        return self._room.free()

    def resize(self, parallel: int) -> None:
        """So many jobs at once from now on."""
        self._room.parallel = parallel

    def submit(self, job: Job, *, again: bool = False, find: bool = False) -> str:
        """See ``cloud.submit``."""
        row = self._submission.submit(job, again=again, find=find)
        self._states.made(row)
        self._room.runs([row.handle])
        self._pace.soon(self._clock.now())
        return row.handle

    def observe(self, handles: Sequence[str]) -> Mapping[str, Observation]:
        """One round, if one is due."""
        now = self._clock.now()
        if not self._pace.due(now):
            if self._trouble:
                raise self._trouble.with_traceback(None)
            return {}
        self._room.runs(handles)
        try:
            self._cancels.again()
            seen = self._round.go(handles)
        except CallFailed as error:
            self._trouble = self._troubles.told(error, after=self._pace.failed(self._clock.now(), error.retry_after))
            raise self._trouble from None
        self._troubles.over()
        self._trouble = None
        self._pace.after(self._clock.now(), happened=self._round.happened, requests=self._states.requests)
        return seen

    def cancel(self, handle: str, reason: Reason) -> None:
        """Ask in the background, and again with each round for as long as it cannot be asked."""
        self._cancels.ask(handle, reason)
        self._pace.soon(self._clock.now())

    def output(self, handle: str) -> Iterable[str]:
        """From Cloud Logging."""
        try:
            yield from self._logs.lines(handle)
        except CallFailed as error:
            raise told(error) from None

    def fetch(self, handle: str, into: Path) -> None:
        """From the bucket."""
        try:
            row = self._states.one(handle)
            if row is not None and row.folder:
                fetch(self._storage, row.folder, into)
        except CallFailed as error:
            raise told(error) from None

    def discover(self, sweep_id: str) -> Iterable[tuple[str, str]]:
        """What the service lists under the sweep's labels."""
        try:
            rows = of_sweep(self._service.every(self._service.scope(sweep_id)), sweep_id)
        except CallFailed as error:
            raise told(error) from None
        return [(job_id, row.handle) for job_id, row in rows.items()]

    def history(self, sweep_id: str) -> list[Past]:
        """What became of every job of a sweep, and what each trial has measured."""
        try:
            rows = of_sweep(self._service.every(self._service.scope(sweep_id)), sweep_id)
            return history(rows, self._measures, self._stops)
        except CallFailed as error:
            raise told(error) from None

    def wait(self, seconds: float) -> None:
        """Nothing calls back from the cloud: it is time that passes."""
        self._closing.wait(seconds)

    def close(self) -> None:
        """Jobs run on."""
        self._closing.set()
        self._cancels.finish()
        self._states.finish()
        self._google.close()
