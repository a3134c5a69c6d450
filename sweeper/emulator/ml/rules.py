"""What ML Engine asks of a training job beyond the types of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.emulator import errors
from sweeper.emulator.discovery import load
from sweeper.emulator.ml.hyperparameters import hyperparameter_faults
from sweeper.emulator.timestamps import seconds_of
from sweeper.emulator.validation.labels import label_faults
from sweeper.emulator.validation.required import missing_fields

JOB_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}")
TRAINING = "GoogleCloudMlV1__TrainingInput"
MOST_PACKAGES = 100
SHORTEST_WAIT = 1800.0
ROLES = ("worker", "parameterServer", "evaluator")
# The documentation calls them required, but the tier has a default and a container needs no package.
NOT_ALWAYS = frozenset({"scale_tier", "package_uris", "python_module"})
REQUIRED = "Required field is not set."

Fault = tuple[str, str]


def check_job(job: Mapping[str, Any]) -> None:
    """Raise ApiError with every rule that the job breaks."""
    if "predictionInput" in job:
        raise _not_here("prediction_input: this emulator runs training jobs")
    faults = [(f"job.{path}", text) for path, text in _faults(job)]
    if faults:
        raise errors.invalid("\n".join(f"Field: {path} Error: {text}" for path, text in faults), faults)


def check_labels(labels: Mapping[str, str]) -> None:
    """Raise ApiError where they are not labels."""
    for text in label_faults(labels):
        raise errors.field_error("job.labels", text)


def _faults(job: Mapping[str, Any]) -> Iterator[Fault]:
    job_id = job.get("jobId", "")
    if not job_id:
        yield "job_id", REQUIRED
    elif not JOB_ID.fullmatch(job_id):
        yield (
            "job_id",
            "A name should start with a letter and contain only letters, numbers and underscores, 128 at most.",
        )
    for text in label_faults(job.get("labels", {})):
        yield "labels", text
    if "trainingInput" not in job:
        yield "training_input", REQUIRED
    else:
        yield from ((f"training_input.{path}", text) for path, text in _training(job["trainingInput"]))


def _training(given: Mapping[str, Any]) -> Iterator[Fault]:
    missing = missing_fields(load("ml"), TRAINING, given)
    yield from (
        (path, REQUIRED) for path in missing if path not in NOT_ALWAYS and not path.startswith("hyperparameters.")
    )
    if "hyperparameters" in given:
        found = hyperparameter_faults(given["hyperparameters"])
        yield from ((f"hyperparameters.{path}", text) for path, text in found)
    if given.get("region") and given["region"] not in load("aiplatform").regions:
        yield "region", f"The region '{given['region']}' is not one where training is available."
    yield from _program(given)
    yield from _machines(given)
    yield from _scheduling(given.get("scheduling", {}))
    if "jobDir" in given and not given["jobDir"].startswith("gs://"):
        yield "job_dir", f"'{given['jobDir']}' is not a Cloud Storage path; it must begin with gs://."


def _program(given: Mapping[str, Any]) -> Iterator[Fault]:
    master = given.get("masterConfig", {})
    if "imageUri" in master:
        for name, path in (("runtimeVersion", "runtime_version"), ("pythonVersion", "python_version")):
            if name in given:
                yield path, "It cannot be set together with master_config.image_uri."
        if given.get("args") and master.get("containerArgs"):
            yield "master_config.container_args", "It cannot be set together with training_input.args."
        return
    if not given.get("packageUris"):
        yield "package_uris", REQUIRED
    if "pythonModule" not in given:
        yield "python_module", REQUIRED
    for name in ("containerArgs", "containerCommand"):
        if master.get(name):
            yield "master_config", "A command or its arguments need master_config.image_uri."
    if "runtimeVersion" not in given:
        yield "runtime_version", "Either runtime_version or master_config.image_uri must be set."
    elif "pythonVersion" not in given and not _had_python_2(given["runtimeVersion"]):
        yield "python_version", "It must be set together with runtime_version."
    yield from _packages(given.get("packageUris", []))


def _had_python_2(runtime: str) -> bool:
    """The runtimes up to 1.15 had a default Python, 2.7."""
    return runtime.startswith("1.")


def _packages(uris: list[str]) -> Iterator[Fault]:
    if len(uris) > MOST_PACKAGES:
        yield "package_uris", f"The maximum number of package URIs is {MOST_PACKAGES}."
    for place, uri in enumerate(uris):
        if not re.fullmatch(r"gs://[^/]+/.+", uri):
            yield f"package_uris[{place}]", f"'{uri}' is not the Cloud Storage path of a package."


def _machines(given: Mapping[str, Any]) -> Iterator[Fault]:
    custom = given.get("scaleTier") == "CUSTOM"
    if custom and "masterType" not in given:
        yield "master_type", "It must be set when scale_tier is CUSTOM."
    if not custom and "masterType" in given:
        yield "master_type", "It can only be set when scale_tier is CUSTOM."
    for role in ROLES:
        snake = "parameter_server" if role == "parameterServer" else role
        count, kind = int(given.get(f"{role}Count", 0)), given.get(f"{role}Type")
        if not custom and (count or kind):
            yield f"{snake}_count", "It can only be set when scale_tier is CUSTOM."
        elif count < 0:
            yield f"{snake}_count", "It cannot be negative."
        elif bool(count) != bool(kind):
            yield f"{snake}_type", f"{snake}_count and {snake}_type must be set together."


def _scheduling(given: Mapping[str, Any]) -> Iterator[Fault]:
    running = seconds_of(given.get("maxRunningTime"), None)
    waiting = seconds_of(given.get("maxWaitTime"), None)
    if running is not None and running <= 0:
        yield "scheduling.max_running_time", "It must be more than 0 seconds."
    if waiting is not None and waiting < SHORTEST_WAIT:
        yield "scheduling.max_wait_time", "It must be at least 1800 seconds."
    if not 0 <= given.get("priority", 0) <= 1000:
        yield "scheduling.priority", "It must be between 0 and 1000."


def _not_here(text: str) -> errors.ApiError:
    return errors.ApiError(501, "UNIMPLEMENTED", f"Field: job.{text}.")
