"""``trainingOutput`` of a tuning job: its trials as ML Engine shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.emulator.jobs.record import ENDED, Phase, Record
from sweeper.emulator.ml.hyperparameters import study_of, tag_of
from sweeper.emulator.ml.service import WORDS
from sweeper.emulator.timestamps import rfc3339
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.texts import texts
from sweeper.emulator.tuning.trial import TrialState, TuningTrial
from sweeper.emulator.validation.scalars import double


def show_output(
    record: Record, trials: Sequence[TuningTrial], phases: Mapping[str, Phase], *, floats: bool = False
) -> dict[str, Any]:
    """By id while the job runs, best first once it has ended. ``phases``: of the job that runs a trial, by its name.

    Trials of the job that this one goes on from are not its own.
    """
    training = record.body["trainingInput"]
    spec = study_of(training)
    own = [trial for trial in trials if not trial.earlier]
    done = sum(trial.state is TrialState.SUCCEEDED for trial in own)
    found: dict[str, Any] = {
        "completedTrialCount": str(done),
        "isHyperparameterTuningJob": True,
        "hyperparameterMetricTag": tag_of(training),
    }
    if own:
        ordered = sorted(own, key=lambda trial: _rank(trial, spec)) if record.phase in ENDED else own
        found["trials"] = [_show(trial, spec, phases.get(trial.child), floats=floats) for trial in ordered]
    return found


def _rank(trial: TuningTrial, spec: Spec) -> tuple[bool, float, int]:
    """Those without a value come last."""
    value = trial.final.metrics.get(spec.metric) if trial.final else None
    if value is None or value != value:
        return True, 0.0, trial.number
    return False, -value if spec.maximize else value, trial.number


def _show(trial: TuningTrial, spec: Spec, phase: Phase | None, *, floats: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "trialId": str(trial.number),
        "hyperparameters": dict(texts(spec, trial.params, floats=floats)),
        "state": _word(trial, phase),
    }
    if trial.started is not None:
        shown["startTime"] = rfc3339(trial.started, digits=0)
    if trial.ended is not None:
        shown["endTime"] = rfc3339(trial.ended, digits=0)
    if trial.final is not None and spec.metric in trial.final.metrics:
        shown["finalMetric"] = _metric(trial.final.step, trial.final.metrics[spec.metric])
    if trial.stopped_early:
        shown["isTrialStoppedEarly"] = True
    return shown


def _metric(step: int, value: float) -> dict[str, Any]:
    """A number that is 0 is not in an answer: in Google's JSON that is what an absent one means."""
    found = {"trainingStep": str(step), "objectiveValue": double(value)}
    return {name: one for name, one in found.items() if one not in ("0", 0)}


def _word(trial: TuningTrial, phase: Phase | None) -> str:
    """A trial has the states of a job; one that is over without a value has failed, whatever its program said."""
    match trial.state:
        case TrialState.SUCCEEDED:
            return WORDS[Phase.SUCCEEDED]
        case TrialState.INFEASIBLE:
            return WORDS[Phase.CANCELLED if phase is Phase.CANCELLED else Phase.FAILED]
        case TrialState.REQUESTED:
            return WORDS[Phase.QUEUED]
        case _:
            return WORDS[phase if phase is not None and phase not in ENDED else Phase.RUNNING]
