"""Ax, by its client."""

from __future__ import annotations

import logging
import warnings
from importlib.metadata import version
from typing import Any

import torch
from ax.api.client import Client
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

from benchmarks.search.methods.protocol import Method, Setting
from benchmarks.search.task import present
from sweeper.model import Choices, Parameter, Point, Range

VERSION = f"ax-platform {version('ax-platform')}"


def client(setting: Setting) -> Method:
    """The method that Ax chooses by itself; its conditions need a tree with one root, so here it gets none."""
    return _Ax(setting)


class _Ax(Method):
    def __init__(self, setting: Setting) -> None:
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        torch.set_num_threads(1)
        torch.manual_seed(setting.seed)
        self._space = setting.space
        self._client = Client(random_seed=setting.seed)
        self._client.configure_experiment([_described(one) for one in setting.space.parameters])
        self._client.configure_optimization(objective="-value")
        self._client.configure_generation_strategy(
            initialization_random_seed=setting.seed,
            allow_exceeding_initialization_budget=True,  # else it refuses to start more than five trials at once
        )
        self._asked: list[int] = []

    def ask(self, number: int) -> Point:
        ((index, values),) = self._client.get_next_trials(max_trials=1).items()
        self._asked.append(index)
        return present(self._space, {one.name: _plain(one, values[one.name]) for one in self._space.parameters})

    def tell(self, number: int, value: float | None) -> None:
        if value is None:
            self._client.mark_trial_failed(self._asked[number])
        else:
            self._client.complete_trial(self._asked[number], raw_data={"value": value})


def _described(parameter: Parameter) -> Any:
    match parameter.domain:
        case Choices(values):
            kind = type(values[0]).__name__
            return ChoiceParameterConfig(parameter.name, list(values), kind, is_ordered=kind == "int")
        case Range(low, high, scale, integer=whole):
            kind = "int" if whole else "float"
            return RangeParameterConfig(parameter.name, (low, high), kind, scaling=scale)


def _plain(parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter.domain, Choices):
        return next(v for v in parameter.domain.values if v == value)
    return int(value) if parameter.domain.integer else float(value)
