"""The calls of ``aiplatform v1`` on custom jobs that a sweep needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sweeper.backends.cloud import names
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.cloud.times import written
from sweeper.backends.protocol import Refused
from sweeper.backends.vertex.body import body
from sweeper.backends.vertex.rows import ENDED, row
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import CloudSettings, Job, State

if TYPE_CHECKING:
    from sweeper.google.client import Google


class Vertex:
    """Custom jobs of one project and region. A create takes no id: its labels are what it is known by."""

    title = "Vertex AI"
    takes_ids = False

    def __init__(
        self, google: Google, *, project: str, region: str, settings: CloudSettings, staged: Staged | None = None
    ) -> None:
        self._google = google
        self._project = project
        self._region = region
        self._settings = settings
        self._staged = staged

    def create(self, job: Job) -> Row:
        """Each call that is acted upon makes another job."""
        if self._staged is None:
            raise Refused("nothing was uploaded that a job could run")
        wanted = body(job, self._settings, self._staged, region=self._region)
        return row(self._google.custom_create(self._project, self._region, wanted))

    def find(self, job: Job) -> list[Row]:
        """By its labels; a list may lag behind a create."""
        return self._bearing(names.label(job.sweep_id), names.label(job.trial_id), job.attempt)

    def siblings(self, row: Row) -> list[Row]:
        """By its labels."""
        return self._bearing(*row.key)

    def get(self, handle: str) -> Row | None:
        """By the name, in the region that the name says."""
        try:
            return row(self._google.custom_get(handle, _region(handle)))
        except CallFailed as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise

    def scope(self, sweep_id: str) -> str:
        """The label's value."""
        return names.label(sweep_id)

    def scope_of(self, row: Row) -> str:
        """The same, from a job."""
        return row.sweep

    def scope_in(self, handle: str) -> None:
        """A name has nothing of ours in it."""

    def live(self, scope: str, expected: Mapping[str, State | None]) -> Iterator[list[Row]]:
        """All states but the last ones, new words of the service included."""
        yield list(self._list(" AND ".join([_of(scope), *(f'state!="{word}"' for word in ENDED)])))

    def every(self, scope: str) -> Iterator[Row]:
        """By the label alone."""
        return self._list(_of(scope))

    def since(self, scope: str, created: float) -> Iterator[Row]:
        """By label and time of creation."""
        return self._list(f'{_of(scope)} AND create_time>="{written(created)}"')

    def cancel(self, handle: str) -> None:
        """By the name."""
        self._google.custom_cancel(handle, _region(handle))

    def log_id(self, handle: str) -> str:
        """The number at the end of the name."""
        return handle.rpartition("/")[2]

    def _bearing(self, sweep: str, trial: str, attempt: int) -> list[Row]:
        filter = f'{_of(sweep)} AND labels.{names.TRIAL}="{trial}" AND labels.{names.ATTEMPT}="{attempt}"'
        return sorted(self._list(filter), key=lambda found: found.age)

    def _list(self, filter: str) -> Iterator[Row]:
        return map(row, self._google.custom_list(self._project, self._region, filter=filter))


def _of(sweep: str) -> str:
    return f'labels.{names.SWEEP}="{sweep}"'


def _region(handle: str) -> str:
    """``projects/<number>/locations/<region>/customJobs/<id>``."""
    return handle.split("/")[3]
