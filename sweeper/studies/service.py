"""The calls on tuning jobs that both services have, in the shape that the code for plain jobs takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sweeper.backends.cloud.names import STUDY
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.service import Maker
from sweeper.model import Job
from sweeper.studies.protocol import StudyJob, StudyTrial

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Mapping[str, Any]


class StudyService(Maker[StudyJob], Protocol):
    """Calls raise CallFailed only, but for what is said."""

    resumes: bool
    roots: tuple[str, ...]
    """Subfolders of a trial's folder that trainers may take for its output folder."""

    def siblings(self, row: Row) -> list[Row]:
        """Every tuning job that bears the same labels, itself included, oldest first."""

    def get(self, handle: str) -> Json | None:
        """The service's own words about a tuning job; None where there positively is none."""

    def row(self, job: Json) -> Row:
        """The tuning job itself."""

    def trials(self, job: Json, row: Row) -> Sequence[StudyTrial]:
        """Its trials, by number, without what is in the bucket."""

    def of_sweep(self, sweep_id: str) -> Iterator[Row]:
        """Every study of a sweep."""

    def log_filter(self, handle: str) -> str | None:
        """What a trial's entries are in Cloud Logging; None where there can be none yet."""


def shell(job: StudyJob) -> Job:
    """As a job is made whose trial it would be: what runs is made by the same code."""
    return Job(job.sweep_id, STUDY, job.attempt, job.args, job.trainer, job.env, job.timeout)


def output_folder(folder: str, attempt: int) -> str:
    """Below it, each trial has a folder of its own, by its number."""
    return f"{folder}/trials" if attempt == 1 else f"{folder}/trials-{attempt}"


def split(handle: str) -> tuple[str, int]:
    """(the study's handle, the number) of a trial's."""
    study, _, number = handle.rpartition("/trials/")
    return study, int(number)
