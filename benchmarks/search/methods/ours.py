"""The methods of sweeper itself, asked as a launch asks them."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.search.methods.protocol import Method, Setting
from sweeper import __version__
from sweeper.model import Metric, Point, Sweep, Trainer
from sweeper.search import make

VERSION = f"sweeper {__version__}"


class _Ours(Method):
    def __init__(self, name: str, setting: Setting) -> None:
        metric = Metric("value", "minimize")
        self._search: Any = make(
            Sweep(
                "benchmark",
                Trainer("trainer"),
                setting.space,
                method=name,
                seed=setting.seed,
                trials=setting.trials,
                metric=metric,
            )
        )
        self._listens = name not in ("random", "sobol")
        self._told: list[Any] = []

    def ask(self, number: int) -> Point:
        if not self._listens:
            return dict(self._search.propose(number))
        point = dict(self._search.propose(number, tuple(self._told)))
        self._told.append(_told(number, point, "running", None))
        return point

    def tell(self, number: int, value: float | None) -> None:
        if self._listens:
            state = "failed" if value is None else "succeeded"
            self._told[number] = _told(number, self._told[number].point, state, value)


def _told(number: int, point: Point, state: str, value: float | None) -> Any:
    return import_module("sweeper.search.told").Told(number=number, point=point, state=state, value=value)


random, sobol, tpe, cmaes, gp, auto = (partial(_Ours, n) for n in ("random", "sobol", "tpe", "cmaes", "gp", "auto"))
"""Each makes the search of a config with ``method:`` of this name."""
