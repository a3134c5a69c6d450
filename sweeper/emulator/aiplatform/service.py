"""What Vertex makes of a custom job: the process it would start, and how it tells the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.emulator.aiplatform.environment import environment, output_folder
from sweeper.emulator.jobs.lifecycle import End, Service
from sweeper.emulator.jobs.reasons import (
    CANCELLED,
    DEADLINE_EXCEEDED,
    INVALID_ARGUMENT,
    RESOURCE_EXHAUSTED,
    UNAVAILABLE,
    exited,
)
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.runner.work import Event, Work
from sweeper.emulator.timestamps import MICRO, seconds_of

WORDS = {
    Phase.QUEUED: "JOB_STATE_PENDING",
    Phase.PREPARING: "JOB_STATE_PENDING",
    Phase.RUNNING: "JOB_STATE_RUNNING",
    Phase.CANCELLING: "JOB_STATE_CANCELLING",
    Phase.SUCCEEDED: "JOB_STATE_SUCCEEDED",
    Phase.FAILED: "JOB_STATE_FAILED",
    Phase.CANCELLED: "JOB_STATE_CANCELLED",
}
WEEK, DAY = 604800.0, 86400.0
CHIEF = "workerpool0-0"


def work_of(record: Record, project: str) -> Work:
    """The process of the first replica of the first pool; no other replica of any pool is started.

    Vertex adds nothing to the arguments: a program learns its output folder from the environment.
    """
    spec = record.body["jobSpec"]
    pool = spec["workerPoolSpecs"][0]
    package, container = pool.get("pythonPackageSpec", {}), pool.get("containerSpec", {})
    task = package or container
    args = tuple(task.get("args", ()))
    return Work(
        name=record.name,
        packages=tuple(package.get("packageUris", ())),
        module=package.get("pythonModule"),
        args=args,
        env=environment(record, project, task.get("env", ())),
        image=container.get("imageUri"),
        command=tuple(container.get("command", ())),
        timeout=seconds_of(spec.get("scheduling", {}).get("timeout"), WEEK) or WEEK,
        job_dir=_job_dir(args) or output_folder(record),
        created=record.created / MICRO,
    )


def _job_dir(args: tuple[str, ...]) -> str | None:
    """The folder that the program's own ``--job-dir`` names; there a simulated run leaves its metric."""
    for place, arg in enumerate(args):
        if arg.startswith("--job-dir="):
            return arg.partition("=")[2]
        if arg == "--job-dir" and place + 1 < len(args):
            return args[place + 1]
    return None


def end_of(record: Record, event: Event) -> End:
    """How the job ends. A time limit fails it with DEADLINE_EXCEEDED; one being cancelled may still succeed or fail."""
    match event.state:
        case "succeeded":
            return End(Phase.SUCCEEDED)
        case "cancelled":
            return End(Phase.CANCELLED, CANCELLED, "CANCELED")
        case "timeout":
            limit = record.body["jobSpec"].get("scheduling", {}).get("timeout", f"{WEEK:.0f}s")
            return End(Phase.FAILED, DEADLINE_EXCEEDED, f"The job exceeded its maximum running time of {limit}.")
        case "preempted" if record.phase is Phase.CANCELLING:
            return End(Phase.CANCELLED, CANCELLED, "CANCELED")
        case "preempted":
            text = f"The replica {CHIEF} was preempted: its Spot VM was reclaimed by Compute Engine."
            return End(Phase.FAILED, UNAVAILABLE, text)
        case _ if event.quota:
            return End(Phase.FAILED, RESOURCE_EXHAUSTED, event.message)
        case _:
            memory = f"ran out of memory and exited with a non-zero status of {event.code}."
            return End(Phase.FAILED, INVALID_ARGUMENT, exited(CHIEF, event, out_of_memory=memory) + _where(record))


def _where(record: Record) -> str:
    project = record.collection.split("/")[1]
    address = (
        f"https://console.cloud.google.com/logs/viewer?project={project}&resource=ml_job%2Fjob_id%2F{record.job_id}"
    )
    return f" To find out more about why your job exited please check the logs: {address}"


def _begins_again(record: Record) -> bool:
    scheduling = _scheduling(record)
    return bool(scheduling.get("restartJobOnWorkerRestart")) and not scheduling.get("disableRetries")


def _longest_wait(record: Record) -> float | None:
    """Only jobs that wait for capacity to become free have a limit; 0 is none."""
    scheduling = _scheduling(record)
    if scheduling.get("strategy") != "FLEX_START":
        return None
    return seconds_of(scheduling.get("maxWaitDuration"), DAY) or None


def _waited_too_long(record: Record) -> End:
    limit = _scheduling(record).get("maxWaitDuration", f"{DAY:.0f}s")
    return End(Phase.FAILED, DEADLINE_EXCEEDED, f"The job exceeded its maximum wait duration of {limit}.")


def _scheduling(record: Record) -> Mapping[str, Any]:
    found: Mapping[str, Any] = record.body["jobSpec"].get("scheduling", {})
    return found


SERVICE = Service(
    collection="customJobs",
    words=WORDS,
    work=work_of,
    end=end_of,
    begins_again=_begins_again,
    longest_wait=_longest_wait,
    waited_too_long=_waited_too_long,
)
