"""The job that runs a trial of a tuning job of ML Engine. No list shows it: the service has only the tuning job."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sweeper.emulator.faults import Faults
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.ml.hyperparameters import study_of, tag_of
from sweeper.emulator.ml.service import SERVICE as JOBS
from sweeper.emulator.ml.service import TRIAL
from sweeper.emulator.tuning.texts import appended
from sweeper.emulator.tuning.trial import TuningTrial
from sweeper.emulator.tuning.tunes import Tunes

COLLECTION = "trials"
SERVICE = replace(JOBS, collection=COLLECTION, longest_wait=lambda record: None)
"""A trial is given its machine as a job is; how long the tuning job may wait for its first is not a trial's affair."""


def tunes(faults: Faults) -> Tunes:
    """How ML Engine's tuning jobs differ from Vertex's."""

    def child(record: Record, project: str, trial: TuningTrial) -> Record:
        return child_of(record, project, trial, floats=prints_floats(faults, record))

    return Tunes("jobs", is_tuning, lambda record: study_of(record.body["trainingInput"]), child)


def prints_floats(faults: Faults, record: Record) -> bool:
    """Whether this tuning job's discrete values are ``32.0`` and not ``32``."""
    return faults.habit("discrete_floats", "ml.job", record.name)


def is_tuning(record: Record) -> bool:
    """Whether a job is one that has trials."""
    return "hyperparameters" in record.body.get("trainingInput", {})


def child_of(record: Record, project: str, trial: TuningTrial, *, floats: bool = False) -> Record:
    """The record of the job that runs a trial: its parameters follow the job's own arguments.

    ``<jobDir>/<trialId>`` is its output folder, as trainers rely on. Its id has a dash, which no job's has.
    """
    training = dict(record.body["trainingInput"])
    words = appended(study_of(training), trial.params, floats=floats)
    if training.get("masterConfig", {}).get("containerArgs"):
        master: dict[str, Any] = training["masterConfig"]
        training["masterConfig"] = {**master, "containerArgs": [*master["containerArgs"], *words]}
    else:
        training["args"] = [*training.get("args", []), *words]
    if "jobDir" in training:
        training["jobDir"] = f"{training['jobDir'].rstrip('/')}/{trial.number}"
    mark = {"job": record.job_id, "id": str(trial.number), "tag": tag_of(training)}
    return Record(
        f"projects/{project}/{COLLECTION}",
        f"{record.job_id}-{trial.number}",
        {"trainingInput": training, TRIAL: mark},
        trial.created,
        trial.created,
        labels=record.labels,
    )
