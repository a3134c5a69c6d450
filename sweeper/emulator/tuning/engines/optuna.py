"""Bayesian search: Optuna's tree-structured Parzen estimator (Watanabe 2023, arXiv:2304.11127)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sweeper.emulator import errors
from sweeper.emulator.tuning.engines.protocol import Params
from sweeper.emulator.tuning.engines.walk import walk
from sweeper.emulator.tuning.spec import Axis, Param, Spec, every
from sweeper.emulator.tuning.trial import OVER, TrialState, TuningTrial

if TYPE_CHECKING:
    import optuna

LOGARITHMS = ("log", "reverse_log")
FIRST = 8
"""Trials that are drawn at random before the estimator has something to go by."""


def propose(spec: Spec, seed: int, number: int, history: Sequence[TuningTrial]) -> Params | None:
    """Rebuilt from the history for each trial; those that run count as if they had been bad, so that it moves on."""
    found = _study(spec, seed, number)
    axes = {axis.name: axis for axis in every(spec.axes)}
    found.add_trials([_told(one, axes, spec) for one in history])
    asked = found.ask()
    return walk(spec.axes, lambda axis: _suggest(asked, axis))


def need() -> None:
    """Raise ApiError where Optuna is not installed."""
    try:
        import optuna  # noqa: F401
    except ImportError:
        message = "This emulator has no Bayesian search: pip install optuna, or choose RANDOM_SEARCH or GRID_SEARCH."
        raise errors.ApiError(501, "UNIMPLEMENTED", message) from None


def _study(spec: Spec, seed: int, number: int) -> optuna.Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    chance = (seed * 1_000_003 + number) % 2**32
    sampler = optuna.samplers.TPESampler(seed=chance, n_startup_trials=FIRST, constant_liar=True)
    return optuna.create_study(direction="maximize" if spec.maximize else "minimize", sampler=sampler)


def _told(one: TuningTrial, axes: dict[str, Axis], spec: Spec) -> optuna.trial.FrozenTrial:
    from optuna.trial import TrialState as State
    from optuna.trial import create_trial

    known = {name: value for name, value in one.params.items() if name in axes}
    distributions = {name: _distribution(axes[name]) for name in known}
    params = {name: _inner(axes[name], value) for name, value in known.items()}
    value = one.final.metrics.get(spec.metric) if one.final and one.state is TrialState.SUCCEEDED else None
    state = State.COMPLETE if value is not None else State.FAIL if one.state in OVER else State.RUNNING
    return create_trial(state=state, value=value, params=params, distributions=distributions)


def _suggest(asked: optuna.Trial, axis: Axis) -> Param:
    log = axis.scale in LOGARITHMS
    if axis.kind in ("discrete", "categorical"):
        return axis.values[axis.values.index(asked.suggest_categorical(axis.name, axis.values))]
    if axis.kind == "integer":
        return int(_turned(axis, asked.suggest_int(axis.name, int(axis.low), int(axis.high), log=log)))
    return _turned(axis, asked.suggest_float(axis.name, axis.low, axis.high, log=log))


def _distribution(axis: Axis) -> Any:
    from optuna import distributions as kinds

    log = axis.scale in LOGARITHMS
    if axis.kind in ("discrete", "categorical"):
        return kinds.CategoricalDistribution(axis.values)
    if axis.kind == "integer":
        return kinds.IntDistribution(int(axis.low), int(axis.high), log=log)
    return kinds.FloatDistribution(axis.low, axis.high, log=log)


def _turned(axis: Axis, value: float) -> float:
    """A reversed logarithm is a plain one that is read from the other end; the same turn leads back."""
    return min(axis.high, max(axis.low, axis.low + axis.high - value)) if axis.scale == "reverse_log" else value


def _inner(axis: Axis, value: Param) -> Any:
    if axis.kind in ("discrete", "categorical"):
        return value
    turned = _turned(axis, float(value))
    return int(turned) if axis.kind == "integer" else turned
