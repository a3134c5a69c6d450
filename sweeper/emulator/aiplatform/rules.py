"""What Vertex asks of a custom job beyond the types of its fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sweeper.emulator import errors
from sweeper.emulator.discovery import load, root_of
from sweeper.emulator.timestamps import seconds_of
from sweeper.emulator.validation.labels import label_faults
from sweeper.emulator.validation.required import missing_fields

LONGEST_NAME = 128
MOST = 100
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NO_ACCELERATOR = "ACCELERATOR_TYPE_UNSPECIFIED"

Fault = tuple[str, str]


def check_custom_job(job: Mapping[str, Any]) -> None:
    """Raise ApiError with every rule that the job breaks."""
    refuse(_faults(job))


def refuse(found: Iterable[Fault]) -> None:
    """Raise ApiError if there are any faults, numbered as Vertex numbers them."""
    faults = list(found)
    if faults:
        listed = "".join(f"\t{n}.Field: {path}; Message: {text}" for n, (path, text) in enumerate(faults, 1))
        raise errors.invalid(f"List of found errors:{listed}\t", faults)


def check_location(location: str) -> None:
    """Raise ApiError where Vertex has no such region."""
    if location not in load("aiplatform").regions:
        raise errors.ApiError(
            403,
            "PERMISSION_DENIED",
            f"Permission denied on 'locations/{location}' (or it may not exist).",
            [errors.error_info("LOCATION_POLICY_VIOLATED", "aiplatform.googleapis.com", location=location)],
        )


def _faults(job: Mapping[str, Any]) -> Iterator[Fault]:
    for path in missing_fields(load("aiplatform"), root_of("aiplatform"), job):
        yield path if path.startswith("job_spec") else f"custom_job.{path}", "Required field is not set."
    yield from ((f"custom_job.{path}", text) for path, text in named_faults(job))
    yield from ((f"job_spec.{path}", text) for path, text in spec_faults(job.get("jobSpec", {})))


def named_faults(job: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the name and the labels that a job of any kind has."""
    if len(job.get("displayName", "")) > LONGEST_NAME:
        yield "display_name", f"The name can be up to {LONGEST_NAME} characters long."
    for text in label_faults(job.get("labels", {})):
        yield "labels", text


def spec_faults(spec: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with a CustomJobSpec, whose job it may be."""
    for place, pool in enumerate(spec.get("workerPoolSpecs", ())):
        yield from ((f"worker_pool_specs[{place}]{path}", text) for path, text in _pool(pool, place))
    yield from _scheduling(spec.get("scheduling", {}))
    prefix = spec.get("baseOutputDirectory", {}).get("outputUriPrefix")
    if prefix is not None and not re.match(r"gs://[^/]+", prefix):
        yield "base_output_directory.output_uri_prefix", f"'{prefix}' is not a Cloud Storage URI."


def _pool(pool: Mapping[str, Any], place: int) -> Iterator[Fault]:
    if not pool and place > 0:
        return  # an empty pool in the middle is one that is left out
    tasks = [name for name in ("containerSpec", "pythonPackageSpec") if name in pool]
    if len(tasks) != 1:
        yield "", "Exactly one of `container_spec` and `python_package_spec` should be set."
    if "machineSpec" not in pool:
        yield ".machine_spec", "Required field is not set."
    else:
        yield from ((f".machine_spec{path}", text) for path, text in _machine(pool["machineSpec"]))
    replicas = int(pool.get("replicaCount", 0))
    if replicas < 1:
        yield ".replica_count", "Replica count must be at least 1."
    elif place == 0 and replicas != 1:
        yield ".replica_count", "The first worker pool must have exactly 1 replica."
    for name in tasks:
        snake = ".container_spec" if name == "containerSpec" else ".python_package_spec"
        yield from ((f"{snake}{path}", text) for path, text in _task(pool[name]))


def _machine(machine: Mapping[str, Any]) -> Iterator[Fault]:
    if "machineType" not in machine:
        yield ".machine_type", "Required field is not set."
    count = machine.get("acceleratorCount", 0)
    has_type = machine.get("acceleratorType", NO_ACCELERATOR) != NO_ACCELERATOR
    if has_type != bool(count):
        yield ".accelerator_type", "Both `accelerator_type` and `accelerator_count` should be specified or none."
    if count < 0:
        yield ".accelerator_count", "It cannot be negative."


def _task(task: Mapping[str, Any]) -> Iterator[Fault]:
    packages = task.get("packageUris", ())
    if len(packages) > MOST:
        yield ".package_uris", f"The maximum number of package URIs is {MOST}."
    for place, uri in enumerate(packages):
        if not re.fullmatch(r"gs://[^/]+/.+", uri):
            yield f".package_uris[{place}]", f"'{uri}' is not a Cloud Storage URI."
    variables = task.get("env", ())
    if len(variables) > MOST:
        yield ".env", f"The maximum number of environment variables is {MOST}."
    names = Counter(variable.get("name") for variable in variables)
    if any(times > 1 for name, times in names.items() if name):
        yield ".env", "EnvVar names must be unique."
    for place, variable in enumerate(variables):
        if not VARIABLE.fullmatch(variable.get("name", "_")):
            yield f".env[{place}].name", f"'{variable['name']}' is not a valid C identifier."


def _scheduling(given: Mapping[str, Any]) -> Iterator[Fault]:
    for name, snake in (("timeout", "timeout"), ("maxWaitDuration", "max_wait_duration")):
        seconds = seconds_of(given.get(name), None)
        if seconds is not None and (seconds < 0 or (name == "timeout" and seconds == 0)):
            yield f"scheduling.{snake}", "It must be more than 0 seconds."
