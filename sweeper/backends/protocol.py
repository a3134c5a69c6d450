"""What a backend is: the smallest set of calls that runs jobs somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sweeper.errors import SweeperError
from sweeper.model import Job, Observation, Reason


class Backend(Protocol):
    """Promises that every backend keeps; ``tests/conformance`` holds it to them.

    A handle is a string that stays valid in any later process. No method may print.
    ``Unavailable`` means that another try may work, ``Barred`` that none will until a person has changed something, and
    ``Refused``, which only ``submit`` raises, that none will for this job.
    """

    @property
    def lanes(self) -> int:
        """How many threads may be in ``submit`` at once, while another one calls the other methods."""

    def capacity(self) -> int | None:
        """How many more jobs it takes now; None = it queues for us."""

    def resize(self, parallel: int) -> None:
        """Run so many jobs at once from now on; what runs already is left alone. Nothing where it queues for us."""

    def submit(self, job: Job, *, again: bool = False, find: bool = False) -> str:
        """Start the job and return its handle. Idempotent in ``job.id``: twice gives one job.

        ``again``: the intent is from an earlier try, so that the job may be there already. A backend whose service
        takes no id of ours looks for it before it asks for another. ``find``: it is to be cancelled, so a backend that
        can look for it does not start it, and refuses where there surely is none.
        """

    def observe(self, handles: Sequence[str]) -> Mapping[str, Observation]:
        """One bounded round of calls for all handles; what it could not learn is left out.

        A backend that polls decides itself when the next round is due, and answers nothing until then.
        """

    def cancel(self, handle: str, reason: Reason) -> None:
        """Ask the job to stop. Idempotent; a request, confirmed only by ``observe``."""

    def output(self, handle: str) -> Iterable[str]:
        """What the job printed so far, line by line."""

    def fetch(self, handle: str, into: Path) -> None:
        """Copy the trial's output folder into ``into``."""

    def discover(self, sweep_id: str) -> Iterable[tuple[str, str]]:
        """(job id, handle) of every job that the backend itself knows of a sweep."""

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or earlier where something may have changed."""

    def close(self) -> None:
        """Let go of what this process holds; jobs that run go on."""


class Unavailable(SweeperError):
    """The backend could not be reached or has no room; the same call may work later."""

    def __init__(
        self,
        message: str,
        *,
        after: float = 5.0,
        alone: bool = False,
        full: bool = False,
        meanwhile: str = "trying again",
    ) -> None:
        super().__init__(message)
        self.after = after
        """Seconds until it is worth another try."""
        self.alone = alone
        """It concerns this job alone; others may be submitted meanwhile."""
        self.full = full
        """There is no room for more before a job ends."""
        self.meanwhile = meanwhile
        """What is being done about it, for people; empty where it is in the nature of things and not worth a word."""


class Barred(SweeperError):
    """Credentials, a permission or the like is missing. It says nothing about any job; those that run go on."""

    exit_code = 2


class Refused(SweeperError):
    """The backend will never run this job; asking again changes nothing."""
