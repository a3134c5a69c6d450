"""What ``ml v1`` answers about a job, in our words; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.times import moment, seconds_of
from sweeper.model import State

STATES = {
    "QUEUED": State.QUEUED,
    "PREPARING": State.QUEUED,
    "RUNNING": State.RUNNING,
    "CANCELLING": State.RUNNING,  # until it is confirmed, it runs and is paid for
    "SUCCEEDED": State.SUCCEEDED,
    "FAILED": State.FAILED,
    "CANCELLED": State.CANCELLED,
}
"""The service's words. Any other (STATE_UNSPECIFIED, one that is new) is no news."""
WAITING, RUNNING = ("QUEUED", "PREPARING"), ("RUNNING", "CANCELLING")


def handle_of(project: str, job_id: str) -> str:
    """What the ledger keeps."""
    return f"projects/{project}/jobs/{job_id}"


def row(project: str, job: Mapping[str, Any]) -> Row:
    """One job."""
    labels = job.get("labels") or {}
    given = job.get("trainingInput") or {}
    scheduling = given.get("scheduling") or {}
    attempt = str(labels.get(names.ATTEMPT, ""))
    return Row(
        handle=handle_of(project, str(job.get("jobId", ""))),
        sweep=labels.get(names.SWEEP, ""),
        trial=labels.get(names.TRIAL, ""),
        attempt=int(attempt) if attempt.isdecimal() else 0,
        package=labels.get(names.PACKAGE, ""),
        state=STATES.get(str(job.get("state"))),
        created=moment(job.get("createTime")) or 0.0,
        ending=job.get("state") == "CANCELLING",
        started=moment(job.get("startTime")),
        ended=moment(job.get("endTime")),
        message=str(job.get("errorMessage") or ""),
        folder=str(given.get("jobDir") or "").rstrip("/"),
        args=tuple(given.get("args") or ()),
        limit=seconds_of(scheduling.get("maxRunningTime")),
        wait=seconds_of(scheduling.get("maxWaitTime")),
    )
