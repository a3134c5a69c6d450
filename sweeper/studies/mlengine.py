"""Tuning jobs of ML Engine: ordinary jobs with ``trainingInput.hyperparameters``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.names import STUDY
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.mlengine.body import training_input
from sweeper.backends.mlengine.rows import handle_of, row
from sweeper.backends.protocol import Refused
from sweeper.formats.mlengine import hyperparameters
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import CloudSettings
from sweeper.studies import ml_trials
from sweeper.studies.protocol import StudyJob, StudyTrial
from sweeper.studies.service import output_folder, shell, split

if TYPE_CHECKING:
    from sweeper.google.client import Google

FIELDS = "jobId,labels,state,createTime,startTime,endTime,errorMessage,trainingInput(jobDir,scheduling)"
"""What is listed of a study: not its trials, which may be many."""


class MLEngineStudies:
    """Of one project."""

    title = "ML Engine"
    takes_ids = True
    resumes = True
    roots: tuple[str, ...] = ()

    def __init__(
        self, google: Google, *, project: str, region: str, settings: CloudSettings, staged: Staged | None = None
    ) -> None:
        self._google = google
        self._project = project
        self._region = region
        self._settings = settings
        self._staged = staged

    def create(self, job: StudyJob) -> Row:
        """EXISTS where a job of that id is there."""
        if self._staged is None:
            raise Refused("nothing was uploaded that a trial could run")
        wanted = study_body(job, self._settings, self._staged, region=self._region)
        return self.row(self._google.ml_create(self._project, wanted))

    def find(self, job: StudyJob) -> list[Row]:
        """By its id, which nobody else can have."""
        found = self.get(handle_of(self._project, names.job_id(job.sweep_id, STUDY, job.attempt)))
        return [self.row(found)] if found else []

    def siblings(self, row: Row) -> list[Row]:
        """Itself: there cannot be another."""
        return [row]

    def get(self, handle: str) -> Mapping[str, Any] | None:
        """By the id."""
        _, project, _, job_id = handle.split("/", 3)
        try:
            return self._google.ml_get(project, job_id)
        except CallFailed as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise

    def row(self, job: Mapping[str, Any]) -> Row:
        """As any job."""
        return row(self._project, job)

    def trials(self, job: Mapping[str, Any], row: Row) -> list[StudyTrial]:
        """``trainingOutput.trials``."""
        return ml_trials.trials(job, row)

    def of_sweep(self, sweep_id: str) -> Iterator[Row]:
        """By what the ids begin with."""
        prefix = f"{names.prefix(sweep_id)}{STUDY}__"
        for job in self._google.ml_list(self._project, filter=f"jobId:{prefix}*", fields=FIELDS):
            yield self.row(job)

    def cancel(self, handle: str) -> None:
        """By the id."""
        _, project, _, job_id = handle.split("/", 3)
        self._google.ml_cancel(project, job_id)

    def log_filter(self, handle: str) -> str:
        """All trials log under the tuning job's id; a label tells them apart."""
        study, number = split(handle)
        job_id = study.rpartition("/")[2]
        return f'resource.labels.job_id="{job_id}" AND labels."ml.googleapis.com/trial_id"="{number}"'


def study_body(job: StudyJob, settings: CloudSettings, staged: Staged, *, region: str) -> dict[str, Any]:
    """The job, as it is posted. Raises Refused where the service cannot do what it asks.

    Its limit on running time is on the whole tuning job, so a trial's is not passed on.
    """
    plain = shell(replace(job, timeout=None))
    folder = output_folder(staged.folder, job.attempt)
    return {
        "jobId": names.job_id(plain.sweep_id, plain.trial_id, plain.attempt),
        "labels": names.labels(plain, staged.digest),
        "trainingInput": {
            **training_input(plain, settings, staged, folder=folder, region=region),
            "hyperparameters": hyperparameters(job.study),
        },
    }
