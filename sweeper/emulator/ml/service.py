"""What ML Engine makes of a job: the process it would start, and how it tells the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.emulator.jobs.lifecycle import End, Service
from sweeper.emulator.jobs.reasons import DEADLINE_EXCEEDED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE, exited
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.runner.work import Event, Work
from sweeper.emulator.timestamps import MICRO, seconds_of

WORDS = {phase: phase.value.upper() for phase in Phase}
WEEK = 604800.0
MASTER = "master 0"
PORT = 2222
TRIAL = "trial"
"""Where a record that is a trial of a tuning job says so: its id, its job's and the metric's name."""


def work_of(record: Record, project: str) -> Work:
    """The master's process; workers, parameter servers and evaluators are not started.

    As the service does, ``--job-dir`` and the job's directory follow the arguments, as two tokens, where one is set.
    """
    given = record.body["trainingInput"]
    master = given.get("masterConfig", {})
    image = master.get("imageUri")
    args = master.get("containerArgs") or given.get("args", [])
    job_dir = given.get("jobDir")
    return Work(
        name=record.name,
        packages=tuple(given.get("packageUris", ())),
        module=None if image else given["pythonModule"],
        args=(*args, *(("--job-dir", job_dir) if job_dir else ())),
        env=_environment(record, project),
        image=image,
        command=tuple(master.get("containerCommand", ())) if image else (),
        timeout=seconds_of(given.get("scheduling", {}).get("maxRunningTime"), WEEK),
        job_dir=job_dir,
        created=record.created / MICRO,
    )


def _environment(record: Record, project: str) -> dict[str, str]:
    given, trial = record.body["trainingInput"], record.body.get(TRIAL)
    found = {
        "CLOUD_ML_JOB": json.dumps(given),
        "CLOUD_ML_JOB_ID": record.job_id,
        "CLOUD_ML_PROJECT_ID": project,
        "CLOUD_ML_REGION": given["region"],
        "TF_CONFIG": json.dumps(_tf_config(given, trial)),
    }
    if trial:
        found |= {
            "CLOUD_ML_JOB_ID": trial["job"],
            "CLOUD_ML_TRIAL_ID": trial["id"],
            "CLOUD_ML_HP_METRIC_TAG": trial["tag"],
        }
    return found


def _tf_config(given: Mapping[str, Any], trial: Mapping[str, str] | None) -> dict[str, Any]:
    chief = "chief" if given.get("useChiefInTfConfig") else "master"
    return {
        "cluster": {chief: [f"127.0.0.1:{PORT}"]},
        "environment": "cloud",
        "job": given,
        "task": {"type": chief, "index": 0, **({"trial": trial["id"]} if trial else {})},
    }


def end_of(record: Record, event: Event) -> End:
    """How the job ends. A time limit cancels it, as the documentation of ``maxRunningTime`` says."""
    if record.phase is Phase.CANCELLING:
        return End(Phase.CANCELLED)
    match event.state:
        case "succeeded":
            return End(Phase.SUCCEEDED)
        case "timeout":
            limit = record.body["trainingInput"].get("scheduling", {}).get("maxRunningTime", f"{WEEK:.0f}s")
            return End(Phase.CANCELLED, DEADLINE_EXCEEDED, f"The job exceeded its maximum running time of {limit}.")
        case "cancelled":
            return End(Phase.CANCELLED)
        case "preempted":
            return End(Phase.FAILED, UNAVAILABLE, f"The replica {MASTER} was preempted too often.")
        case _ if event.quota:
            return End(Phase.FAILED, RESOURCE_EXHAUSTED, event.message)
        case _:
            memory = "ran out-of-memory and exited with a non-zero status of 9(SIGKILL)."
            return End(Phase.FAILED, INVALID_ARGUMENT, exited(MASTER, event, out_of_memory=memory))


def _longest_wait(record: Record) -> float | None:
    return seconds_of(record.body["trainingInput"].get("scheduling", {}).get("maxWaitTime"), None)


def _waited_too_long(record: Record) -> End:
    limit = record.body["trainingInput"]["scheduling"]["maxWaitTime"]
    return End(Phase.CANCELLED, DEADLINE_EXCEEDED, f"The job exceeded its maximum wait time of {limit}.")


SERVICE = Service(
    collection="jobs",
    words=WORDS,
    work=work_of,
    end=end_of,
    begins_again=lambda record: True,
    longest_wait=_longest_wait,
    waited_too_long=_waited_too_long,
)
