"""``patience``: a trial is stopped once its value has not become better for so many steps.

The usual early stopping of training, from outside: Prechelt, "Early Stopping - But When?" (1998), criterion UP; with
the names of Keras's EarlyStopping (``patience``, ``min_delta``). A trial is judged by its own curve alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.early_stopping.history import History
from sweeper.model import EarlyStopping, Metric


class Patience:
    """Better means by more than ``min_delta``."""

    def __init__(self, settings: EarlyStopping) -> None:
        assert settings.patience is not None  # the config is checked
        self._patience = settings.patience
        self._first = settings.min_steps
        self._by = settings.min_delta
        self._trials: dict[str, History] = {}
        self._stopped: set[str] = set()

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Judge it by its best so far."""
        mine = self._trials.setdefault(trial, History())
        if not mine.add(step, value, by=self._by) or step < self._first or trial in self._stopped:
            return {}
        if step - mine.best_step < self._patience:
            return {}
        self._stopped.add(trial)
        return {trial: f"no better since step {mine.best_step}, at step {step}"}


def make(settings: EarlyStopping, metric: Metric) -> Patience:
    """The rule."""
    return Patience(settings)
