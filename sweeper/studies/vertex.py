"""Tuning jobs of Vertex AI: ``hyperparameterTuningJobs``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.cloud.times import moment
from sweeper.backends.protocol import Refused
from sweeper.backends.vertex.body import job_spec
from sweeper.backends.vertex.rows import row
from sweeper.formats.vertex import study_spec
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import CloudSettings, Job, Measurement, Observation, Reason, State
from sweeper.studies.protocol import StudyJob, StudyTrial
from sweeper.studies.service import STUDY, output_folder, shell, split

if TYPE_CHECKING:
    from sweeper.google.client import Google

STATES = {
    "REQUESTED": State.QUEUED,
    "ACTIVE": State.RUNNING,
    "STOPPING": State.RUNNING,
    "SUCCEEDED": State.SUCCEEDED,
    "INFEASIBLE": State.FAILED,
}
"""The service's words for trials. Any other is no news: it runs."""


class VertexStudies:
    """Of one project and region. A create takes no id: its labels are what a study is known by."""

    title = "Vertex AI"
    takes_ids = False
    resumes = False

    def __init__(
        self, google: Google, *, project: str, region: str, settings: CloudSettings, staged: Staged | None = None
    ) -> None:
        self._google = google
        self._project = project
        self._region = region
        self._settings = settings
        self._staged = staged
        self.asked: StudyJob | None = None

    def create(self, job: Job) -> Row:
        """Each call that is acted upon makes another tuning job."""
        if self._staged is None or self.asked is None:
            raise Refused("nothing was uploaded that a trial could run")
        wanted = study_body(self.asked, self._settings, self._staged, region=self._region)
        return self.row(self._google.tuning_create(self._project, self._region, wanted))

    def find(self, job: Job) -> list[Row]:
        """By its labels; a list may lag behind a create."""
        more = f' AND labels.{names.TRIAL}="{STUDY}" AND labels.{names.ATTEMPT}="{job.attempt}"'
        return sorted(self._list(job.sweep_id, more), key=lambda found: found.age)

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
        """``trials``, by their ids; those that a cancelled study left over are cancelled."""
        over = row.state is State.CANCELLED or row.ending
        found = [_trial(one, row.handle, over=over) for one in job.get("trials") or ()]
        return sorted(found, key=lambda one: one.number)

    def folders(self, row: Row, number: int) -> list[str]:
        """``AIP_MODEL_DIR`` and what it is in; the service passes no ``--job-dir``."""
        return [f"{row.folder}/{number}/model", f"{row.folder}/{number}"] if row.folder else []

    def of_sweep(self, sweep_id: str) -> Iterator[Row]:
        """By the label alone."""
        return self._list(sweep_id, f' AND labels.{names.TRIAL}="{STUDY}"')

    def cancel(self, handle: str) -> None:
        """By the name."""
        self._google.tuning_cancel(handle, handle.split("/")[3])

    def log_filter(self, handle: str) -> str:
        """A trial logs under the id of the custom job that runs it."""
        study, number = split(handle)
        job = self.get(study) or {}
        child = next((one.get("customJob", "") for one in job.get("trials") or () if one.get("id") == str(number)), "")
        return f'resource.labels.job_id="{child.rpartition("/")[2]}"'

    def _list(self, sweep_id: str, more: str) -> Iterator[Row]:
        query = f'labels.{names.SWEEP}="{names.label(sweep_id)}"{more}'
        return map(self.row, self._google.tuning_list(self._project, self._region, filter=query))


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


def _trial(one: Mapping[str, Any], study: str, *, over: bool) -> StudyTrial:
    number = int(one.get("id") or 0)
    state = STATES.get(str(one.get("state")), State.RUNNING)
    reason = Reason.CODE if state is State.FAILED else Reason.NONE
    ended = moment(one.get("endTime"))
    if over and state is not State.SUCCEEDED:
        state, reason = State.CANCELLED, Reason.USER
    final = one.get("finalMeasurement")
    listed = [*(one.get("measurements") or ()), *([final] if final else ())]
    seen = Observation(
        state,
        reason,
        started=moment(one.get("startTime")),
        ended=ended,
        note=str(one.get("infeasibleReason") or ""),
        measurements=tuple(measured for each in listed for measured in _measured(each)),
    )
    params = {str(given.get("parameterId")): given.get("value", "") for given in one.get("parameters") or ()}
    return StudyTrial(number, f"{study}/trials/{number}", params, seen)


def _measured(given: Mapping[str, Any]) -> Iterator[Measurement]:
    step = int(given.get("stepCount", 0))
    for metric in given.get("metrics") or ():
        yield Measurement(str(metric.get("metricId", "")), float(metric.get("value", 0.0)), step)
