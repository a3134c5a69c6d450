"""What Vertex asks of a hyperparameter tuning job: its own fields, its study, and the job that runs each trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.emulator import errors
from sweeper.emulator.aiplatform.rules import named_faults, refuse, spec_faults
from sweeper.emulator.aiplatform.study_rules import study_faults
from sweeper.emulator.discovery import TUNING_JOB, load
from sweeper.emulator.tuning.limits import REQUIRED
from sweeper.emulator.validation.required import missing_fields

Fault = tuple[str, str]

ROOT = "hyperparameter_tuning_job"
ENDS = (".min_value", ".max_value", ".values")
"""Required too, but what is 0 is not in a message: the rules of the study know better."""


def check_tuning_job(job: Mapping[str, Any]) -> None:
    """Raise ApiError with every rule that the job breaks."""
    study = job.get("studySpec", {})
    if "studyStoppingConfig" in study:
        raise _not_here("study_spec.study_stopping_config")
    if any("safetyConfig" in metric for metric in study.get("metrics", ())):
        raise _not_here("study_spec.metrics.safety_config")
    refuse(_faults(job))


def _faults(job: Mapping[str, Any]) -> Iterator[Fault]:
    for path in missing_fields(load("aiplatform"), TUNING_JOB, job):
        if not path.endswith(ENDS):
            yield path if path.startswith(("study_spec", "trial_job_spec")) else f"{ROOT}.{path}", REQUIRED
    yield from ((f"{ROOT}.{path}", text) for path, text in (*named_faults(job), *_counts(job)))
    yield from ((f"study_spec.{path}", text) for path, text in study_faults(job.get("studySpec", {})))
    yield from ((f"trial_job_spec.{path}", text) for path, text in spec_faults(job.get("trialJobSpec", {})))


def _counts(job: Mapping[str, Any]) -> Iterator[Fault]:
    trials, parallel = job.get("maxTrialCount", 1), job.get("parallelTrialCount", 1)
    if trials < 1:
        yield "max_trial_count", "It must be at least 1."
    if parallel < 1:
        yield "parallel_trial_count", "It must be at least 1."
    elif parallel > max(trials, 1):
        yield "parallel_trial_count", f"It cannot be greater than max_trial_count: {parallel} > {trials}."
    if job.get("maxFailedTrialCount", 0) < 0:
        yield "max_failed_trial_count", "It cannot be negative."


def _not_here(path: str) -> errors.ApiError:
    return errors.ApiError(501, "UNIMPLEMENTED", f"Field: {path}; Message: This emulator does not know it.")
