"""The calls of ``ml v1`` that a sweep needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sweeper.backends.cloud import names
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.mlengine.body import body
from sweeper.backends.mlengine.rows import WAITING, handle_of, row
from sweeper.backends.protocol import Refused
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import CloudSettings, Job, State

if TYPE_CHECKING:
    from sweeper.google.client import Google


class MLEngine:
    """Jobs of one project; the service keeps each id for ever, so a job is made once or not at all."""

    title = "ML Engine"
    takes_ids = True

    def __init__(
        self, google: Google, *, project: str, region: str, settings: CloudSettings, staged: Staged | None = None
    ) -> None:
        self._google = google
        self._project = project
        self._region = region
        self._settings = settings
        self._staged = staged

    def create(self, job: Job) -> Row:
        """EXISTS where a job of that id is there."""
        if self._staged is None:
            raise Refused("nothing was uploaded that a job could run")
        wanted = body(job, self._settings, self._staged, region=self._region)
        return row(self._project, self._google.ml_create(self._project, wanted))

    def find(self, job: Job) -> list[Row]:
        """By its id, which nobody else can have."""
        found = self.get(handle_of(self._project, names.job_id(job.sweep_id, job.trial_id, job.attempt)))
        return [found] if found else []

    def siblings(self, row: Row) -> list[Row]:
        """Itself: there cannot be another."""
        return [row]

    def get(self, handle: str) -> Row | None:
        """By the id, whatever project the handle is from."""
        project, job_id = _split(handle)
        try:
            return row(project, self._google.ml_get(project, job_id))
        except CallFailed as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise

    def scope(self, sweep_id: str) -> str:
        """What the ids begin with: a filter that is documented, which one on labels is not."""
        return names.prefix(sweep_id)

    def scope_of(self, row: Row) -> str:
        """The same, read from an id."""
        return self.scope_in(row.handle)

    def scope_in(self, handle: str) -> str:
        """The same: a handle holds the id."""
        return names.prefix_of(_split(handle)[1])

    def live(self, scope: str, expected: Mapping[str, State | None]) -> Iterator[list[Row]]:
        """State by state, since the filter has no OR, and forwards, so that none slips through between two queries.

        Nothing that runs goes back to a queue, so where all are known to run the queues need not be asked for.
        """
        waiting = any(known is not State.RUNNING for known in expected.values())
        for word in (*(WAITING if waiting else ()), "RUNNING"):
            yield list(self._list(f"jobId:{scope}* AND state:{word}"))

    def every(self, scope: str) -> Iterator[Row]:
        """By prefix alone."""
        return self._list(f"jobId:{scope}*")

    def since(self, scope: str, created: float) -> Iterator[Row]:
        """Nothing: an id is given once, so nobody looks for a second job."""
        return iter(())

    def cancel(self, handle: str) -> None:
        """By the id."""
        self._google.ml_cancel(*_split(handle))

    def log_id(self, handle: str) -> str:
        """The id itself."""
        return _split(handle)[1]

    def _list(self, filter: str) -> Iterator[Row]:
        for found in self._google.ml_list(self._project, filter=filter):
            yield row(self._project, found)


def _split(handle: str) -> tuple[str, str]:
    _, project, _, job_id = handle.split("/", 3)
    return project, job_id
