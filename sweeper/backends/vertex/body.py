"""A custom job as ``aiplatform v1`` takes it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.backends.cloud import names
from sweeper.backends.cloud.staged import Staged, job_dir
from sweeper.backends.cloud.times import duration
from sweeper.backends.protocol import Refused
from sweeper.model import CloudSettings, Job

IMAGE = "docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6.py310:latest"
"""What runs a package where the config does not say it; Google keeps copies in three parts of the world."""
MACHINE = "n1-standard-4"


def body(job: Job, settings: CloudSettings, staged: Staged, *, region: str) -> dict[str, Any]:
    """The job, as it is posted. Raises Refused where there is nothing to run."""
    folder = job_dir(staged.folder, job.trial_id)
    own = {"SWEEPER_TRIAL": job.trial_id, "SWEEPER_JOB_DIR": folder}
    spec = job_spec(job, settings, staged, folder=folder, own=own, region=region)
    return {"displayName": names.display_name(job), "labels": names.labels(job, staged.digest), "jobSpec": spec}


def job_spec(
    job: Job, settings: CloudSettings, staged: Staged, *, folder: str, own: Mapping[str, str], region: str
) -> dict[str, Any]:
    """What is run, and where its output goes. ``own``: the variables that tell a trainer which trial it is."""
    extra = settings.extra
    return {
        "workerPoolSpecs": _pools(settings, _program(job, settings, staged, own, region)),
        "baseOutputDirectory": {"outputUriPrefix": folder},
        **_optional("scheduling", _scheduling(job, settings)),
        **_optional("serviceAccount", settings.service_account),
        **_optional("network", settings.network),
        **_optional("persistentResourceId", extra.get("persistent_resource")),
        **_optional("enableWebAccess", extra.get("web_access")),
    }


def default_image(region: str) -> str:
    """The nearest copy of the image that runs packages."""
    part = region.partition("-")[0]
    return f"{part if part in ('europe', 'asia') else 'us'}-{IMAGE}"


def _program(job: Job, settings: CloudSettings, staged: Staged, own: Mapping[str, str], region: str) -> dict[str, Any]:
    """What every machine of the job runs."""
    env = [{"name": name, "value": value} for name, value in _env(job, own).items()]
    args = list(job.args)
    if job.trainer.image is not None:
        return {"containerSpec": {"imageUri": job.trainer.image, "args": args, "env": env}}
    if staged.package is None:
        raise Refused("there is neither a package nor an image to run")
    return {
        "pythonPackageSpec": {
            "executorImageUri": settings.runtime or default_image(region),
            "packageUris": [staged.package],
            "pythonModule": job.trainer.module,
            "args": args,
            "env": env,
        }
    }


def _env(job: Job, own: Mapping[str, str]) -> dict[str, str]:
    given = {**job.trainer.env, **job.env}
    given.pop("PYTHONPATH", None)  # a path of the launching machine
    return {**given, **own}


def _pools(settings: CloudSettings, program: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One pool, or those of the config; a pool without machines is left empty, so that the others keep their places."""
    one = {"machine": settings.machine, "accelerator": settings.accelerator, "accelerators": settings.accelerators}
    written: Any = settings.extra.get("worker_pools") or [one]
    disk = _disk(settings.extra.get("disk"))
    return [_pool(pool, program, disk) if pool.get("replicas", 1) else {} for pool in written]


def _pool(pool: Mapping[str, Any], program: Mapping[str, Any], disk: Mapping[str, Any]) -> dict[str, Any]:
    machine = {"machineType": pool.get("machine") or MACHINE}
    if pool.get("accelerator"):
        machine |= {"acceleratorType": pool["accelerator"], "acceleratorCount": pool.get("accelerators") or 1}
    replicas = str(pool.get("replicas", 1))  # int64, which JSON has as a string
    return {"machineSpec": machine, "replicaCount": replicas, **_optional("diskSpec", disk), **program}


def _disk(written: Any) -> dict[str, Any]:
    given = written or {}
    return {**_optional("bootDiskType", given.get("type")), **_optional("bootDiskSizeGb", given.get("size_gb"))}


def _scheduling(job: Job, settings: CloudSettings) -> dict[str, Any]:
    wait = settings.extra.get("max_wait")
    strategy = "SPOT" if settings.spot else "FLEX_START" if wait is not None else None
    return {
        **_optional("timeout", duration(job.timeout) if job.timeout is not None else None),
        **_optional("strategy", strategy),
        **_optional("maxWaitDuration", duration(float(str(wait))) if wait is not None else None),
        **_optional("restartJobOnWorkerRestart", settings.extra.get("restart_on_worker_restart")),
    }


def _optional(key: str, value: object) -> dict[str, Any]:
    return {key: value} if value else {}
