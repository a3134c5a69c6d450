"""SMAC with random forests, asked and told."""

from __future__ import annotations

import logging
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ConfigSpace
import smac

from benchmarks.search.methods.protocol import Method, Setting
from sweeper.model import Choices, Parameter, Point, Range, Space, Value

VERSION = f"smac {version('smac')}"


def facade(setting: Setting) -> Method:
    """The facade for tuning, with its defaults, but each point is run once."""
    return _Smac(setting)


class _Smac(Method):
    def __init__(self, setting: Setting) -> None:
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        kind = smac.HyperparameterOptimizationFacade
        scenario = smac.Scenario(
            _described(setting.space),
            n_trials=setting.trials,
            seed=setting.seed,
            deterministic=True,
            output_directory=Path(tempfile.mkdtemp(prefix="smac-")),
        )
        once = kind.get_intensifier(scenario, max_config_calls=1)
        self._smac = kind(scenario, _nothing, intensifier=once, overwrite=True, logging_level=False)
        self._space = setting.space
        self._asked: list[Any] = []
        self._worst = 0.0

    def ask(self, number: int) -> Point:
        info = self._smac.ask()
        self._asked.append(info)
        chosen = dict(info.config)
        return {one.name: _plain(one, chosen[one.name]) for one in self._space.parameters if one.name in chosen}

    def tell(self, number: int, value: float | None) -> None:
        from smac.runhistory import StatusType, TrialValue

        # A failure must have a cost, and an infinite one, its default, breaks the model: the worst there was.
        self._worst = max(self._worst, value) if value is not None else self._worst
        failed = TrialValue(cost=self._worst, status=StatusType.CRASHED)
        self._smac.tell(self._asked[number], failed if value is None else TrialValue(cost=value))


def _nothing(config: Any, seed: int = 0) -> float:
    return 0.0


def _described(space: Space) -> Any:
    found = ConfigSpace.ConfigurationSpace(seed=0)
    made = {one.name: _dimension(one) for one in space.parameters}
    found.add(*made.values())
    for one in space.parameters:
        for name, values in one.when.items():
            parent = next(parent for parent in space.parameters if parent.name == name)
            found.add(ConfigSpace.InCondition(made[one.name], made[name], [_told(parent, v) for v in values]))
    return found


def _dimension(parameter: Parameter) -> Any:
    name = parameter.name
    match parameter.domain:
        case Choices(values) if all(isinstance(v, int) and not isinstance(v, bool) for v in values):
            return ConfigSpace.OrdinalHyperparameter(name, list(values))
        case Choices(values):
            return ConfigSpace.CategoricalHyperparameter(name, [_told(parameter, v) for v in values])
        case Range(low, high, scale, integer=True):
            return ConfigSpace.UniformIntegerHyperparameter(name, int(low), int(high), log=scale == "log")
        case Range(low, high, scale):
            return ConfigSpace.UniformFloatHyperparameter(name, float(low), float(high), log=scale == "log")


def _told(parameter: Parameter, value: Value) -> Any:
    return str(value) if isinstance(value, bool) else value


def _plain(parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter.domain, Choices):
        return next(v for v in parameter.domain.values if _told(parameter, v) == value)
    return int(value) if parameter.domain.integer else float(value)
