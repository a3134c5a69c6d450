"""``threshold``: a trial is stopped where its value is worse than a number that every good one passes early.

As Optuna's ThresholdPruner, with the one bound that the metric's goal asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.model import EarlyStopping, Metric


class Threshold:
    """Judges at each report from ``min_steps`` on."""

    def __init__(self, settings: EarlyStopping, metric: Metric) -> None:
        assert settings.threshold is not None  # the config is checked
        self._first = settings.min_steps
        self._bound = settings.threshold if metric.goal == "maximize" else -settings.threshold
        self._shown = f"{settings.threshold:g}"
        self._stopped: set[str] = set()

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Judge it at this step."""
        if step < self._first or value >= self._bound or trial in self._stopped:
            return {}
        self._stopped.add(trial)
        return {trial: f"worse than {self._shown} at step {step}"}


def make(settings: EarlyStopping, metric: Metric) -> Threshold:
    """The rule."""
    return Threshold(settings, metric)
