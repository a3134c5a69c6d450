"""One attempt of a trial becomes one job, whatever becomes of the requests and of this process.

The intent is on disk before ``submit`` is called. From there on:

- killed before the request left, or while it was under way: the next launcher calls with ``again``, and looks first
- the reply was lost, or said neither yes nor no: looked for, before anything is sent again
- ML Engine: the id is the attempt's own, so sending it again is harmless, and a job that has the id is held against
  sweep, trial, attempt and package before it is taken for ours
- Vertex AI: a job is known by its labels, and a list may lag; nothing is sent again before the list was looked at, in
  vain, later than it may lag behind the last request that could have made the job. Until then the job is in doubt:
  ``submit`` says so at once, so that others go on, and looks again when it is called again
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sweeper.backends.cloud import names
from sweeper.backends.cloud.patience import Patience
from sweeper.backends.cloud.room import Room
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.service import Maker
from sweeper.backends.cloud.troubles import Troubles
from sweeper.backends.cloud.twins import Twins
from sweeper.backends.protocol import Barred, Refused, Unavailable
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed, Kind

Asked = TypeVar("Asked", bound=names.Wanted)


@dataclass
class _Doubt:
    """A job that an earlier request may have made."""

    since: float
    """When the last such request may have reached the service."""
    why: str = ""
    """What became of it."""
    look: float = 0.0
    """When the next look is due."""
    pause: float = 0.0


@dataclass
class Submission(Generic[Asked]):
    """Threads may share it, but one job is in the hands of one thread."""

    service: Maker[Asked]
    room: Room
    twins: Twins
    clock: Clock
    patience: Patience
    digest: str
    _begun: float = 0.0
    _troubles: Troubles = field(init=False)
    _made: dict[str, Row] = field(default_factory=dict)
    _doubts: dict[str, _Doubt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._begun = self.clock.now()
        self._troubles = Troubles(self.clock, self.patience)

    def submit(self, job: Asked, *, again: bool, find: bool = False) -> Row:
        """The job, made or found. Raises Unavailable, Barred or Refused."""
        if made := self._made.get(job.id):
            return made
        if again:  # an earlier process may have sent its request until the moment in which this one began
            self._doubts.setdefault(job.id, _Doubt(self._begun))
        try:
            found = self._look(job) or self._create(job, find)
        except CallFailed as error:
            raise self._told(error) from None
        self._troubles.over()
        self._doubts.pop(job.id, None)
        self._made[job.id] = found
        return found

    def _look(self, job: Asked) -> Row | None:
        """The job of an earlier request; None only where there surely is none. Raises Unavailable while in doubt."""
        doubt = self._doubts.get(job.id)
        if doubt is None:
            return None
        now = self.clock.now()
        if now >= doubt.look:
            if found := self._ours(job, self.service.find(job)):
                return found
            settled = doubt.since + self.patience.list_lag
            if self.service.takes_ids or now >= settled:
                return None
            doubt.pause = min(2 * doubt.pause or self.patience.looks, self.patience.longest)
            doubt.look = min(now + doubt.pause, settled)
        job_of = f"{names.called(job.trial_id)}, attempt {job.attempt}"
        message = f"{self.service.title} has not shown yet whether it made {job_of}"
        why = f"; {doubt.why}" if doubt.why else ""
        raise Unavailable(message + why, after=doubt.look - now, alone=True, meanwhile="looking for it")

    def _create(self, job: Asked, find: bool) -> Row:
        if find:
            raise Refused("it was not made")
        self.room.take()
        try:
            made = self.service.create(job)
        except CallFailed as error:
            if error.kind is Kind.EXISTS and (found := self._ours(job, self.service.find(job))):
                return found
            if error.kind is not Kind.UNCERTAIN:
                raise
            self._doubts[job.id] = _Doubt(self.clock.now(), error.message)
            if found := self._look(job):
                return found
            raise  # it made nothing, so it may be sent again, but not in a hurry
        self.room.made()
        self.twins.see(made)
        return made

    def _ours(self, job: Asked, rows: list[Row]) -> Row | None:
        """The job that counts among those that bear its names. Raises Refused where it is not what would be made."""
        for row in rows:
            self.twins.see(row)
        if not rows:
            return None
        first = rows[0]
        if not names.is_same(first, job):
            raise Refused(f"{self.service.title} has another job of this name: {first.handle}")
        if self.digest and first.package != names.package(self.digest):
            self._end(first)
            raise Refused(
                f"{self.service.title} has a job of this attempt that runs another package, from before the code was "
                f"changed; it is cancelled ({first.handle}), and `sweeper {names.renewed_by(job)}` starts a new attempt"
            )
        return first

    def _end(self, row: Row) -> None:
        if not row.over and not row.ending:
            self.service.cancel(row.handle)

    def _told(self, error: CallFailed) -> Unavailable | Barred | Refused:
        """What the driver hears of a failure that was not settled here."""
        after = self.patience.unreachable
        match error.kind:
            case Kind.INVALID | Kind.PRECONDITION:
                return Refused(str(error))
            case Kind.EXISTS:  # nobody who looks sees what is said to be there: not yet, perhaps
                return Unavailable(str(error), after=after)
            case Kind.RATE:
                after = self.room.refused(error.retry_after)
            case Kind.QUOTA:
                after = self.room.full()
            case _:
                pass
        return self._troubles.told(error, after=after, alone=error.kind is Kind.UNCERTAIN)
