"""A hyperparameter tuning job as Vertex shows it: with its trials, by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sweeper.emulator.aiplatform.study import study_of
from sweeper.emulator.aiplatform.view import show_job
from sweeper.emulator.jobs.reasons import CANCELLED
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.timestamps import rfc3339
from sweeper.emulator.tuning.spec import Axis, Param, Spec, every
from sweeper.emulator.tuning.texts import EXACT
from sweeper.emulator.tuning.trial import Measurement, TuningTrial
from sweeper.emulator.validation.scalars import double


def show_tuning_job(record: Record, trials: Sequence[TuningTrial], *, floats: bool = False) -> dict[str, Any]:
    """The HyperparameterTuningJob message."""
    study = study_of(record.body)
    job = show_job(record)
    if record.phase is Phase.CANCELLED:
        job["error"] = {"code": CANCELLED, "message": "CANCELED"}
    if shown := [_show(trial, study, floats=floats) for trial in trials]:
        job["trials"] = shown
    return job


def _show(trial: TuningTrial, study: Spec, *, floats: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": str(trial.number),
        "state": trial.state.value.upper(),
        "parameters": list(_parameters(trial, study, floats=floats)),
    }
    if trial.final is not None:
        shown["finalMeasurement"] = _measurement(trial.final, study.metric)
    if reported := [_measurement(one, study.metric) for one in trial.measurements if study.metric in one.metrics]:
        shown["measurements"] = reported
    for name, moment in (("startTime", trial.started), ("endTime", trial.ended)):
        if moment is not None:
            shown[name] = rfc3339(moment)
    if trial.reason:
        shown["infeasibleReason"] = trial.reason
    if trial.child:
        shown["customJob"] = trial.child
    return shown


def _parameters(trial: TuningTrial, study: Spec, *, floats: bool) -> Iterator[dict[str, Any]]:
    for axis in every(study.axes):
        if axis.name in trial.params:
            yield {"parameterId": axis.name, "value": _value(axis, trial.params[axis.name], floats=floats)}


def _value(axis: Axis, value: Param, *, floats: bool) -> str | int | float:
    """Numbers are JSON numbers. One that is whole has no point, except where an emulator is told to be awkward."""
    if axis.kind == "categorical":
        return str(value)
    number = float(value)
    if axis.kind == "integer" or (not floats and number.is_integer() and abs(number) < EXACT):
        return int(value)
    return number


def _measurement(found: Measurement, metric: str) -> dict[str, Any]:
    """Of the study's metric alone. Numbers that are 0 are not in an answer: in Google's JSON absent ones mean that."""
    value = found.metrics.get(metric, 0.0)
    shown: dict[str, Any] = {"stepCount": str(found.step)} if found.step else {}
    shown["elapsedDuration"] = _duration(found.seconds)
    return shown | {"metrics": [{"metricId": metric} | ({"value": double(value)} if value else {})]}


def _duration(seconds: float) -> str:
    """``12.5s``."""
    return f"{max(seconds, 0.0):.6f}".rstrip("0").rstrip(".") + "s"
