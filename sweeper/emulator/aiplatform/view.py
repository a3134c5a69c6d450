"""A job as Vertex shows it, and what it adds to one that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.emulator.aiplatform.environment import TRIAL
from sweeper.emulator.aiplatform.service import WORDS
from sweeper.emulator.jobs.record import ENDED, Record
from sweeper.emulator.timestamps import rfc3339

DISK = {"bootDiskType": "pd-ssd", "bootDiskSizeGb": 100}
APART = ("displayName", "labels")
"""Fields that a record keeps beside the message."""


def body_of(job: Mapping[str, Any], spec: str = "jobSpec") -> dict[str, Any]:
    """What is kept of a message, with the disks that the service fills in; ``spec``: where it says what is run."""
    body = {name: value for name, value in job.items() if name not in APART}
    pools = [pool and {**pool, "diskSpec": DISK | pool.get("diskSpec", {})} for pool in job[spec]["workerPoolSpecs"]]
    return body | {spec: {**job[spec], "workerPoolSpecs": pools}}


def show_job(record: Record) -> dict[str, Any]:
    """What jobs of every kind have: times appear when they are known, and an error only after one."""
    job: dict[str, Any] = {
        "name": record.name,
        "displayName": record.display,
        **{name: value for name, value in record.body.items() if name != TRIAL},
        "state": WORDS[record.phase],
        "createTime": rfc3339(record.created),
        "updateTime": rfc3339(record.updated),
    }
    if record.labels:
        job["labels"] = dict(record.labels)
    if record.started is not None:
        job["startTime"] = rfc3339(record.started)
    if record.ended is not None:
        job["endTime"] = rfc3339(record.ended)
    if record.code and record.phase in ENDED:
        job["error"] = {"code": record.code, "message": record.message}
    return job


def show_deletion(record: Record, operation: str, now: int) -> dict[str, Any]:
    """The long-running operation that deleted a job, and is done."""
    parent = record.collection.rpartition("/")[0]
    kind = "type.googleapis.com/google.cloud.aiplatform.v1.DeleteOperationMetadata"
    moment = rfc3339(now)
    return {
        "name": f"{parent}/operations/{operation}",
        "metadata": {"@type": kind, "genericMetadata": {"createTime": moment, "updateTime": moment}},
        "done": True,
        "response": {"@type": "type.googleapis.com/google.protobuf.Empty"},
    }
