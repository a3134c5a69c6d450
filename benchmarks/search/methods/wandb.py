"""W&B's Bayesian search: ``sweeps``, the engine that the service runs, without the service."""

from __future__ import annotations

import random
import warnings
from importlib.metadata import version
from typing import Any, cast

from benchmarks.search.methods.protocol import Method, Setting
from benchmarks.search.task import present
from sweeper.model import Choices, Parameter, Point, Range

VERSION = f"sweeps {version('sweeps')}"


def bayes(setting: Setting) -> Method:
    """``method: bayes`` with its defaults; it has no conditions, so all parameters are always chosen."""
    return _Sweeps(setting)


class _Sweeps(Method):
    def __init__(self, setting: Setting) -> None:
        import numpy as np
        from sweeps import SweepConfig

        # Both generators are global to sweeps; each run has a process of its own.
        np.random.seed(setting.seed)
        random.seed(setting.seed)
        self._space = setting.space
        self._config = SweepConfig(
            {
                "method": "bayes",
                "metric": {"name": "value", "goal": "minimize"},
                "parameters": {one.name: _described(one) for one in setting.space.parameters},
            }
        )
        self._runs: list[Any] = []

    def ask(self, number: int) -> Point:
        from sweeps import RunState, next_run

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = next_run(self._config, self._runs)
        run.state = RunState.running
        self._runs.append(run)
        return present(self._space, {name: _plain(entry["value"]) for name, entry in run.config.items()})

    def tell(self, number: int, value: float | None) -> None:
        from sweeps import RunState

        run = self._runs[number]
        run.state = RunState.failed if value is None else RunState.finished
        if value is not None:
            run.summary_metrics = {"value": value}


def _described(parameter: Parameter) -> dict[str, Any]:
    match parameter.domain:
        case Choices(values):
            return {"values": list(values)}
        case Range(low, high, "log", integer=True):
            return {"distribution": "q_log_uniform_values", "min": low, "max": high, "q": 1}
        case Range(low, high, "log"):
            return {"distribution": "log_uniform_values", "min": low, "max": high}
        case Range(low, high, integer=True):
            return {"distribution": "int_uniform", "min": low, "max": high}
        case Range(low, high):
            return {"distribution": "uniform", "min": float(low), "max": float(high)}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else cast("object", value)
