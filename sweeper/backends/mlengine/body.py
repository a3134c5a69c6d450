"""A job as ``ml v1`` takes it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.staged import Staged, job_dir
from sweeper.backends.cloud.times import duration
from sweeper.backends.protocol import Refused
from sweeper.model import CloudSettings, Job

RUNTIME, PYTHON = "2.11", "3.7"
"""The last runtime version that the service had."""
MACHINE = "n1-standard-4"
"""What carries an accelerator where the config does not say it."""


def body(job: Job, settings: CloudSettings, staged: Staged, *, region: str) -> dict[str, Any]:
    """The job. Raises Refused where the service cannot do what it asks.

    ``args`` are without ``--job-dir``: the service adds it, since ``jobDir`` is set.
    """
    return {
        "jobId": names.job_id(job.sweep_id, job.trial_id, job.attempt),
        "labels": names.labels(job, staged.digest),
        "trainingInput": training_input(
            job, settings, staged, folder=job_dir(staged.folder, job.trial_id), region=region
        ),
    }


def training_input(job: Job, settings: CloudSettings, staged: Staged, *, folder: str, region: str) -> dict[str, Any]:
    """What is run, and where its output goes."""
    return {
        **_machines(settings, job.trainer.image),
        **_program(job, settings, staged),
        "region": region,
        "jobDir": folder,
        "args": list(job.args),
        **_optional("scheduling", _scheduling(job, settings.extra)),
        **_optional("serviceAccount", settings.service_account),
        **_optional("network", settings.network),
    }


def _program(job: Job, settings: CloudSettings, staged: Staged) -> dict[str, Any]:
    if job.trainer.image is not None:
        return {}
    unset = sorted({*job.env, *job.trainer.env} - {"PYTHONPATH"})  # a path of the launching machine
    if unset:
        raise Refused(f"ML Engine cannot set environment variables for a package: {', '.join(unset)}")
    if staged.package is None:
        raise Refused("there is neither a package nor an image to run")
    return {
        "packageUris": [staged.package],
        "pythonModule": job.trainer.module,
        "runtimeVersion": settings.runtime or RUNTIME,
        "pythonVersion": str(settings.extra.get("python_version") or PYTHON),
    }


def _machines(settings: CloudSettings, image: str | None) -> dict[str, Any]:
    extra = settings.extra
    machine = settings.machine or (MACHINE if settings.accelerator else None)
    tier = extra.get("scale_tier") or ("CUSTOM" if machine else "BASIC")
    accelerators = (
        {"acceleratorConfig": {"count": str(settings.accelerators), "type": settings.accelerator}}
        if settings.accelerator
        else {}
    )
    return {
        "scaleTier": tier,
        **_optional("masterType", machine),
        **_optional("masterConfig", accelerators | ({"imageUri": image} if image else {})),
        **_pool("worker", extra, image),
        **_pool("parameterServer", extra, image, key="parameter_server"),
    }


def _pool(name: str, extra: Mapping[str, object], image: str | None, *, key: str = "") -> dict[str, Any]:
    """Further machines of one kind; counts are int64, which JSON has as strings."""
    kind, count = extra.get(f"{key or name}_type"), extra.get(f"{key or name}_count")
    if not kind or not count:
        return {}
    config = {f"{name}Config": {"imageUri": image}} if image else {}
    return {f"{name}Type": kind, f"{name}Count": str(count), **config}


def _scheduling(job: Job, extra: Mapping[str, object]) -> dict[str, Any]:
    wait, priority = extra.get("max_wait"), extra.get("priority")
    return {
        **_optional("maxRunningTime", duration(job.timeout) if job.timeout is not None else None),
        **_optional("maxWaitTime", duration(float(str(wait))) if wait is not None else None),
        **({"priority": priority} if priority is not None else {}),
    }


def _optional(key: str, value: object) -> dict[str, Any]:
    return {key: value} if value else {}
