"""Tuning jobs of Vertex AI: ``hyperparameterTuningJobs``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.names import STUDY
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.protocol import Refused
from sweeper.backends.vertex.body import job_spec
from sweeper.backends.vertex.rows import row
from sweeper.formats.vertex import study_spec
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import CloudSettings, State
from sweeper.studies import vertex_trials
from sweeper.studies.protocol import StudyJob, StudyTrial
from sweeper.studies.service import output_folder, shell, split

if TYPE_CHECKING:
    from sweeper.google.client import Google

FIELDS = "name,labels,state,createTime,startTime,endTime,error,trialJobSpec(baseOutputDirectory,scheduling)"
"""What is listed of a study: not its trials, which may be many."""


class VertexStudies:
    """Of one project and region. A create takes no id: its labels are what a study is known by."""

    title = "Vertex AI"
    takes_ids = False
    resumes = False
    roots: tuple[str, ...] = ("model", "logs")  # AIP_MODEL_DIR, AIP_TENSORBOARD_LOG_DIR; it passes no --job-dir

    def __init__(
        self, google: Google, *, project: str, region: str, settings: CloudSettings, staged: Staged | None = None
    ) -> None:
        self._google = google
        self._project = project
        self._region = region
        self._settings = settings
        self._staged = staged
        self._stopping: set[tuple[str, int]] = set()

    def create(self, job: StudyJob) -> Row:
        """Each call that is acted upon makes another tuning job."""
        if self._staged is None:
            raise Refused("nothing was uploaded that a trial could run")
        wanted = study_body(job, self._settings, self._staged, region=self._region)
        return self.row(self._google.tuning_create(self._project, self._region, wanted))

    def find(self, job: StudyJob) -> list[Row]:
        """By its labels; a list may lag behind a create."""
        return self._bearing(names.label(job.sweep_id), job.attempt)

    def siblings(self, row: Row) -> list[Row]:
        """By its labels."""
        return self._bearing(row.sweep, row.attempt)

    def get(self, handle: str) -> Mapping[str, Any] | None:
        """By the name, in the region that the name says."""
        try:
            return self._google.tuning_get(handle, handle.split("/")[3])
        except CallFailed as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise

    def row(self, job: Mapping[str, Any]) -> Row:
        """As a custom job, but for the field that says what is run, and limits that are its trials'."""
        return replace(row({**job, "jobSpec": job.get("trialJobSpec")}), limit=None, wait=None)

    def trials(self, job: Mapping[str, Any], row: Row) -> list[StudyTrial]:
        """``trials``. That one was told to stop early is seen only while it obeys, so it is kept in mind."""
        if row.state is State.RUNNING and not row.ending:
            self._stopping |= {(row.handle, number) for number in vertex_trials.told_to_stop(job)}
        stopping = {number for handle, number in self._stopping if handle == row.handle}
        return vertex_trials.trials(job, row, stopping)

    def of_sweep(self, sweep_id: str) -> Iterator[Row]:
        """By the label alone."""
        return self._list(names.label(sweep_id))

    def cancel(self, handle: str) -> None:
        """By the name."""
        self._google.tuning_cancel(handle, handle.split("/")[3])

    def log_filter(self, handle: str) -> str | None:
        """A trial logs under the id of the custom job that runs it."""
        study, number = split(handle)
        child = vertex_trials.child(self.get(study) or {}, number)
        return f'resource.labels.job_id="{child}"' if child else None

    def _bearing(self, sweep: str, attempt: int) -> list[Row]:
        found = self._list(sweep, f' AND labels.{names.ATTEMPT}="{attempt}"')
        return sorted(found, key=lambda one: one.age)

    def _list(self, sweep: str, more: str = "") -> Iterator[Row]:
        query = f'labels.{names.SWEEP}="{sweep}" AND labels.{names.TRIAL}="{STUDY}"{more}'
        return map(self.row, self._google.tuning_list(self._project, self._region, filter=query, fields=FIELDS))


def study_body(job: StudyJob, settings: CloudSettings, staged: Staged, *, region: str) -> dict[str, Any]:
    """The tuning job, as it is posted. Raises Refused where there is nothing to run."""
    plain = shell(job)
    folder = output_folder(staged.folder, job.attempt)
    spec = job_spec(plain, settings, staged, folder=folder, own={}, region=region)  # ``own`` differs between trials
    failed = {} if job.study.max_failed is None else {"maxFailedTrialCount": job.study.max_failed}
    return {
        "displayName": names.display_name(plain),
        "labels": names.labels(plain, staged.digest),
        "maxTrialCount": job.study.trials,
        "parallelTrialCount": job.study.parallel,
        **failed,
        "studySpec": study_spec(job.study),
        "trialJobSpec": spec,
    }
