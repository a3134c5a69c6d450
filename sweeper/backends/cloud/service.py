"""What the two services have in common, as far as a sweep's jobs are concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

from sweeper.backends.cloud.names import Wanted
from sweeper.backends.cloud.row import Row
from sweeper.model import Job, State

Asked = TypeVar("Asked", bound=Wanted, contravariant=True)


class Maker(Protocol[Asked]):
    """Calls that make jobs of one kind and end them. All raise CallFailed only, but for what is said."""

    title: str
    """For people: ``Vertex AI``."""
    takes_ids: bool
    """A create names its job, so that the same one twice is refused. Without it, two creates make two jobs."""

    def create(self, job: Asked) -> Row:
        """Ask for the job, once. Raises Refused where it cannot be said in this service's words."""

    def find(self, job: Asked) -> list[Row]:
        """Every job that bears this sweep, trial and attempt, oldest first."""

    def cancel(self, handle: str) -> None:
        """Ask the job to stop."""


class Service(Maker[Job], Protocol):
    """Calls on jobs, translated into rows."""

    def siblings(self, row: Row) -> list[Row]:
        """Every job that bears the same labels, itself included, oldest first."""

    def get(self, handle: str) -> Row | None:
        """One job; None where there positively is none."""

    def scope(self, sweep_id: str) -> str:
        """What a listing takes to name a sweep."""

    def scope_of(self, row: Row) -> str:
        """The same, from one of its jobs."""

    def scope_in(self, handle: str) -> str | None:
        """The same, from a handle alone; None where it does not hold it."""

    def live(self, scope: str, expected: Mapping[str, State | None]) -> Iterator[list[Row]]:
        """The sweep's jobs that have not ended, without those of its past; each query's answer is one list.

        ``expected``: those that are looked for, and what is known of each, so that states which none of them can be
        in need not be asked for. What is missing in the answer has ended, or the list lags.
        """

    def every(self, scope: str) -> Iterator[Row]:
        """All jobs of the sweep, ended ones too."""

    def since(self, scope: str, created: float) -> Iterator[Row]:
        """All jobs of the sweep that were made since then, ended ones too."""

    def log_id(self, handle: str) -> str:
        """What ``resource.labels.job_id`` is in the job's log entries."""
