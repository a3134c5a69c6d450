"""One attempt of a trial becomes one job, whatever becomes of the requests and of this process.

The intent is on disk before ``submit`` is called. From there on:

- killed before the request left, or while it was under way: the next launcher calls with ``again``, and looks first
- the reply was lost, or said neither yes nor no: looked for here, before anything is sent again
- ML Engine: the id is the attempt's own, so sending it again is harmless, and a job that has the id is held against
  sweep, trial, attempt and package before it is taken for ours
- Vertex AI: a job is known by its labels, and a list may lag; nothing is sent before the list was looked at for longer
  than it may lag, counted from the last request that could have made the job
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sweeper.backends.cloud import names
from sweeper.backends.cloud.patience import Patience
from sweeper.backends.cloud.room import Room
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.service import Service
from sweeper.backends.cloud.twins import Twins
from sweeper.backends.protocol import Refused, Unavailable
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import Job

TRIES = 3
"""Requests for one job in one call, each after the one before was found to have done nothing."""


@dataclass
class Submission:
    """Threads may share it, but one job is in the hands of one thread."""

    service: Service
    room: Room
    twins: Twins
    clock: Clock
    patience: Patience
    digest: str
    pause: Callable[[float], bool]
    """Waits so long; True where there is no time left, because the program is about to end."""
    _begun: float = 0.0
    _sent: dict[str, float] = field(default_factory=dict)
    """When a job was last asked for, by this process."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._begun = self.clock.now()

    def submit(self, job: Job, *, again: bool) -> Row:
        """The job, made or found. Raises Unavailable or Refused."""
        unsettled, why = again or job.id in self._sent, ""
        for _ in range(TRIES):
            try:
                if unsettled and (found := self._settle(job)):
                    return found
                return self._create(job)
            except CallFailed as error:
                if error.kind is not Kind.UNCERTAIN:
                    raise self._gave_up(error) from None
                unsettled, why = True, str(error)
        raise Unavailable(why, after=self.patience.unreachable)

    def _create(self, job: Job) -> Row:
        self.room.take()
        self._sent[job.id] = self.clock.now()
        try:
            made = self.service.create(job)
        except CallFailed as error:
            if error.kind is Kind.EXISTS and (found := self._ours(job, self.service.find(job))):
                return found
            if error.kind is not Kind.UNCERTAIN:
                del self._sent[job.id]  # it surely made nothing
            raise
        self.twins.see(made)
        self.room.made()
        return made

    def _settle(self, job: Job) -> Row | None:
        """Whether an earlier request has made the job; None only where that is sure."""
        # An earlier process may have sent its request until the moment in which this one began.
        last = self._sent.get(job.id, self._begun)
        pause = self.patience.looks
        while True:
            looked = self.clock.now()
            if found := self._ours(job, self.service.find(job)):
                return found
            left = last + self.patience.list_lag - looked
            if self.service.takes_ids or left <= 0:
                return None
            if self.pause(min(pause, left)):
                raise Unavailable(
                    f"{self.service.title} has not yet shown whether a job was made of an earlier request"
                )
            pause *= 2

    def _ours(self, job: Job, rows: list[Row]) -> Row | None:
        """The job that counts among those that bear its names. Raises Refused where it is not what would be made."""
        for row in rows:
            self.twins.see(row)
        if not rows:
            return None
        first = rows[0]
        if not names.is_same(first, job):
            raise Refused(f"{self.service.title} has another job of this name: {first.handle}")
        if first.package != names.package(self.digest):
            self._end(first)
            raise Refused(
                f"{self.service.title} has a job of this attempt that runs another package, from before the code was "
                f"changed; it is cancelled ({first.handle}), and `sweeper retry` starts a new attempt"
            )
        return first

    def _end(self, row: Row) -> None:
        if not row.over:
            try:
                self.service.cancel(row.handle)
            except CallFailed as error:
                if error.transient:
                    raise Unavailable(str(error), after=self.patience.unreachable) from None

    def _gave_up(self, error: CallFailed) -> Exception:
        """What the driver is told of a failure that was not settled here."""
        if error.kind is Kind.RATE:
            return Unavailable(str(error), after=self.room.refused(error.retry_after))
        if error.kind is Kind.QUOTA:
            return Unavailable(str(error), after=self.room.full())
        if error.transient or error.kind in (Kind.UNAUTHENTICATED, Kind.EXISTS):
            # Credentials that expired while a sweep ran say nothing about its trials.
            return Unavailable(str(error), after=self.patience.unreachable)
        return Refused(str(error))
