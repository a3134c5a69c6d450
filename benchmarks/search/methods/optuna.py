"""Optuna, through ``study.ask`` and ``study.tell``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any, cast

from benchmarks.search.methods.protocol import Method, Setting
from benchmarks.search.task import holds
from sweeper.model import Choices, Parameter, Point, Range, Value

VERSION = f"optuna {version('optuna')}"


def default(setting: Setting) -> Method:
    """The sampler that a study has when none is named; seeded, so that runs can be repeated."""
    import optuna

    return Optuna(partial(optuna.samplers.TPESampler, seed=setting.seed), setting)


def univariate(setting: Setting) -> Method:
    """TPE as it was by default before Optuna 5: each parameter by itself, running trials left out."""
    import optuna

    sampler = partial(optuna.samplers.TPESampler, seed=setting.seed, multivariate=False, constant_liar=False)
    return Optuna(sampler, setting)


class Optuna(Method):
    """A study with a sampler."""

    def __init__(self, sampler: Callable[[], Any], setting: Setting) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._study = optuna.create_study(sampler=sampler())
        self._space = setting.space
        self._trials: list[Any] = []

    def ask(self, number: int) -> Point:
        """Suggest the parameters one by one, each where its condition holds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial = self._study.ask()
            point: dict[str, Value] = {}
            for parameter in self._space.parameters:
                if holds(parameter, point):
                    point[parameter.name] = _suggest(trial, parameter)
        self._trials.append(trial)
        return point

    def tell(self, number: int, value: float | None) -> None:
        """Finish the trial."""
        import optuna

        if value is None:
            self._study.tell(self._trials[number], state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(self._trials[number], value)


def _suggest(trial: Any, parameter: Parameter) -> Value:
    match parameter.domain:
        case Choices(values):
            return cast("Value", trial.suggest_categorical(parameter.name, values))
        case Range(low, high, scale, integer=True):
            return int(trial.suggest_int(parameter.name, low, high, log=scale == "log"))
        case Range(low, high, scale):
            return float(trial.suggest_float(parameter.name, low, high, log=scale == "log"))
