"""A job as ML Engine shows it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from sweeper.emulator.jobs.record import ENDED, Record
from sweeper.emulator.ml.service import WORDS
from sweeper.emulator.timestamps import MICRO, rfc3339

HOUR = 3600 * MICRO


def show_job(record: Record, output: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The Job message: times appear when they are known, and an error only after one.

    ``output``: what the trainingOutput of a tuning job says of its trials.
    """
    output = dict(output or {})
    job: dict[str, Any] = {
        "jobId": record.job_id,
        **record.body,
        "createTime": rfc3339(record.created, digits=0),
        "state": WORDS[record.phase],
        "etag": etag_of(record),
        "jobPosition": "0",
        "trainingOutput": output,
    }
    if record.labels:
        job["labels"] = dict(record.labels)
    if record.started is not None:
        job["startTime"] = rfc3339(record.started, digits=0)
    if record.ended is not None:
        job["endTime"] = rfc3339(record.ended, digits=0)
        output["consumedMLUnits"] = _hours(record)
    if record.message and record.phase in ENDED:
        job["errorMessage"] = record.message
    return job


def etag_of(record: Record) -> str:
    """Another one after every change."""
    digest = hashlib.sha256(f"{record.name} {record.version}".encode()).digest()
    return base64.b64encode(digest[:8]).decode()


def _hours(record: Record) -> float:
    """There are no prices here: a unit is an hour of running."""
    started, ended = record.started, record.ended
    return round((ended - started) / HOUR, 2) if started is not None and ended is not None else 0.0
