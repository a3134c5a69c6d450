"""What ``aiplatform v1`` answers about a custom job, in our words; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.times import moment, seconds_of
from sweeper.model import State

STATES = {
    "JOB_STATE_QUEUED": State.QUEUED,
    "JOB_STATE_PENDING": State.QUEUED,
    "JOB_STATE_RUNNING": State.RUNNING,
    "JOB_STATE_CANCELLING": State.RUNNING,  # it may still succeed
    "JOB_STATE_UPDATING": State.RUNNING,
    "JOB_STATE_PAUSED": State.RUNNING,
    "JOB_STATE_SUCCEEDED": State.SUCCEEDED,
    "JOB_STATE_FAILED": State.FAILED,
    "JOB_STATE_EXPIRED": State.FAILED,
    "JOB_STATE_PARTIALLY_SUCCEEDED": State.FAILED,
    "JOB_STATE_CANCELLED": State.CANCELLED,
}
"""The service's words. Any other (JOB_STATE_UNSPECIFIED, one that is new) is no news."""
ENDED = tuple(word for word, state in STATES.items() if state in (State.SUCCEEDED, State.FAILED, State.CANCELLED))
DEADLINE_EXCEEDED = 4


def row(job: Mapping[str, Any]) -> Row:
    """One custom job."""
    labels = job.get("labels") or {}
    spec = job.get("jobSpec") or {}
    scheduling = spec.get("scheduling") or {}
    error = job.get("error") or {}
    attempt = str(labels.get(names.ATTEMPT, ""))
    expired = job.get("state") == "JOB_STATE_EXPIRED"
    return Row(
        handle=str(job.get("name", "")),
        sweep=labels.get(names.SWEEP, ""),
        trial=labels.get(names.TRIAL, ""),
        attempt=int(attempt) if attempt.isdecimal() else 0,
        package=labels.get(names.PACKAGE, ""),
        state=STATES.get(str(job.get("state"))),
        created=moment(job.get("createTime")) or 0.0,
        ending=job.get("state") == "JOB_STATE_CANCELLING",
        started=moment(job.get("startTime")),
        ended=moment(job.get("endTime")),
        error=error.get("code") or (DEADLINE_EXCEEDED if expired else None),
        message=str(error.get("message") or ("it ran longer than it may" if expired else "")),
        folder=str((spec.get("baseOutputDirectory") or {}).get("outputUriPrefix") or "").rstrip("/"),
        args=_args(spec),
        limit=seconds_of(scheduling.get("timeout")),
        wait=seconds_of(scheduling.get("maxWaitDuration")),
        spot=scheduling.get("strategy") == "SPOT",
    )


def _args(spec: Mapping[str, Any]) -> tuple[str, ...]:
    chief: Mapping[str, Any] = next(iter(spec.get("workerPoolSpecs") or ()), {})
    program = chief.get("pythonPackageSpec") or chief.get("containerSpec") or {}
    return tuple(program.get("args") or ())
