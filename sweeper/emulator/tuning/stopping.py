"""When a running trial is ended before its time."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.trial import Measurement, TrialState, TuningTrial

LEAST = 3
"""Trials that must have ended before one can be held against them."""


def hopeless(trial: TuningTrial, others: Sequence[TuningTrial], spec: Spec) -> bool:
    """The median rule (Golovin et al. 2017, Google Vizier, 3.2.2), which stands for the other rules too.

    A trial's best value so far against the median of the others' running averages up to the same step.
    """
    mine = _values(trial.measurements, spec)
    if not spec.stopping or not mine:
        return False
    step = trial.measurements[-1].step
    averages = [_average(one, step, spec) for one in others if one.state is TrialState.SUCCEEDED]
    known = [average for average in averages if average is not None]
    return len(known) >= LEAST and max(mine) < median(known)


def _average(trial: TuningTrial, step: int, spec: Spec) -> float | None:
    values = _values([one for one in trial.measurements if one.step <= step], spec)
    return fmean(values) if values else None


def _values(measurements: Sequence[Measurement], spec: Spec) -> list[float]:
    """Higher is better; what is no number counts for nothing."""
    sign = 1 if spec.maximize else -1
    found = [one.metrics[spec.metric] for one in measurements if spec.metric in one.metrics]
    return [sign * value for value in found if value == value]
