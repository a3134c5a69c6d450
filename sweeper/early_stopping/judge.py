"""One sweep's stopping rule, told of measurements as they were reported: who is to be stopped, and why."""

from __future__ import annotations

from math import inf, isfinite

from sweeper.early_stopping import registry
from sweeper.model import EarlyStopping, Metric


class Judge:
    """A pure function of the measurements so far, worked out piece by piece.

    Another one that hears the same comes to the same. What a rule sees of a report is what
    ``results.reduce`` would make of the trial if it ended now.
    """

    def __init__(self, settings: EarlyStopping, metric: Metric) -> None:
        self._rule = registry.make(settings, metric)
        self._sign = 1.0 if metric.goal == "maximize" else -1.0
        highest = metric.reduce == "best" or (metric.reduce == "max") == (metric.goal == "maximize")
        self._pick = None if metric.reduce == "last" else max if highest else min
        self._counts: dict[str, float] = {}
        self.stopped: dict[str, str] = {}
        """Trials that are to be stopped, and why."""
        self.leader = ""
        """The trial with the best number so far, the first of several; empty before there is one."""
        self._best = -inf

    def take(self, trial: str, step: int, value: float) -> list[str]:
        """The next measurement of the sweep's metric. Returns the trials whose standing it changes."""
        if self._rule is None:
            return []
        counted = self._counted(trial, value)
        if counted > self._best:
            self._best, self.leader = counted, trial
        verdicts = self._rule.take(trial, step, counted)
        for one, why in verdicts.items():
            if why:
                self.stopped[one] = why
            else:
                self.stopped.pop(one, None)
        return list(verdicts)

    def _counted(self, trial: str, value: float) -> float:
        turned = self._sign * value if isfinite(value) else -inf
        if self._pick is None:
            return turned
        before = self._counts.get(trial, -inf)
        self._counts[trial] = (
            self._pick(before, turned) if isfinite(before) and isfinite(turned) else max(before, turned)
        )
        return self._counts[trial]
