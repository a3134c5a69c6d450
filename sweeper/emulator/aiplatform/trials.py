"""The custom job that runs a trial of a tuning job: an ordinary one, that a list shows and a trial names."""

from __future__ import annotations

from typing import Any

from sweeper.emulator.aiplatform.environment import TRIAL
from sweeper.emulator.aiplatform.ids import new_id
from sweeper.emulator.aiplatform.rules import LONGEST_NAME
from sweeper.emulator.aiplatform.study import study_of
from sweeper.emulator.faults import Faults
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.tuning.texts import appended
from sweeper.emulator.tuning.trial import TuningTrial
from sweeper.emulator.tuning.tunes import Tunes

COLLECTION = "hyperparameterTuningJobs"


def tunes(faults: Faults) -> Tunes:
    """How Vertex's tuning jobs differ from ML Engine's."""

    def child(record: Record, project: str, trial: TuningTrial) -> Record:
        return child_of(record, project, trial, floats=prints_floats(faults, record))

    return Tunes(COLLECTION, lambda record: True, lambda record: study_of(record.body), child)


def prints_floats(faults: Faults, record: Record) -> bool:
    """Whether this tuning job's discrete values are ``32.0`` and not ``32``."""
    return faults.habit("discrete_floats", "custom.job", record.name)


def child_of(record: Record, project: str, trial: TuningTrial, *, floats: bool = False) -> Record:
    """The record of that job: the parameters follow the arguments of every pool, ``<base>/<trialId>`` is its output."""
    spec: dict[str, Any] = dict(record.body["trialJobSpec"])
    study = study_of(record.body)
    words = appended(study, trial.params, floats=floats)
    spec["workerPoolSpecs"] = [_with_words(pool, words) for pool in spec["workerPoolSpecs"]]
    if prefix := spec.get("baseOutputDirectory", {}).get("outputUriPrefix"):
        spec["baseOutputDirectory"] = {"outputUriPrefix": f"{prefix.rstrip('/')}/{trial.number}"}
    ending = f"-trial-{trial.number}"
    return Record(
        f"{record.collection.rpartition('/')[0]}/customJobs",
        new_id(),
        {"jobSpec": spec, TRIAL: {"id": str(trial.number), "tag": study.metric}},
        trial.created,
        trial.created,
        display=record.display[: LONGEST_NAME - len(ending)] + ending,
        labels=record.labels,
    )


def _with_words(pool: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    for name in ("pythonPackageSpec", "containerSpec"):
        if name in pool:
            return {**pool, name: {**pool[name], "args": [*pool[name].get("args", []), *words]}}
    return pool
