"""What a trial has come to when the job that ran it has ended."""

from __future__ import annotations

from dataclasses import replace

from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.tuning.reports import final
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.trial import TrialState, TuningTrial


def concluded(trial: TuningTrial, child: Record, spec: Spec) -> TuningTrial:
    """A trial is feasible if it has a number for the metric and its program has ended well, or was stopped early."""
    ended = replace(trial, ended=child.ended, started=trial.started if trial.started is not None else child.started)
    found = final(trial.measurements, spec.metric, best=spec.selection == "best", maximize=spec.maximize)
    stopped = trial.state is TrialState.STOPPING and child.phase is Phase.CANCELLED
    if found is not None and (stopped or child.phase is Phase.SUCCEEDED):
        return replace(ended, state=TrialState.SUCCEEDED, final=found, stopped_early=stopped)
    return replace(ended, state=TrialState.INFEASIBLE, reason=_why(trial, child, spec))


def _why(trial: TuningTrial, child: Record, spec: Spec) -> str:
    if child.phase is Phase.CANCELLED and not child.message:
        return "The trial was cancelled."
    if child.phase is not Phase.SUCCEEDED:
        return child.message or "The trial has failed."
    seen = sorted({name for one in trial.measurements for name in one.metrics})
    if spec.metric in seen:
        return f"The trial has reported no finite number for the metric '{spec.metric}'."
    others = f"; it has reported {', '.join(seen)}" if seen else ""
    return f"The trial has not reported the metric '{spec.metric}'{others}."
