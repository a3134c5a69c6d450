"""Bayesian search: OSS Vizier's Gaussian-process bandit, which is its default (Song et al. 2024, arXiv:2408.11527).

jax compiles it anew for each proposal: some ten seconds of a core, in which the emulator answers nobody.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from sweeper.emulator import errors
from sweeper.emulator.tuning.engines.protocol import Params
from sweeper.emulator.tuning.engines.random import at, draw
from sweeper.emulator.tuning.engines.walk import walk
from sweeper.emulator.tuning.spec import Axis, Param, Spec, every
from sweeper.emulator.tuning.trial import OVER, TrialState, TuningTrial

EVALUATIONS = 2000
"""So often its optimizer looks at the model for one proposal; the 75000 of its own would take twice the time."""


def propose(spec: Spec, seed: int, number: int, history: Sequence[TuningTrial]) -> Params | None:
    """Rebuilt from the history for each trial. Parameters whose condition does not hold count as in their middle.

    Vizier's bandit has no conditions, so each axis is one of its parameters, wherever it stands. Where its model comes
    to no number, the parameter is drawn.
    """
    ids = {axis: str(place) for place, axis in enumerate(dict.fromkeys(every(spec.axes)))}
    chosen = _suggested(spec, ids, (seed * 1_000_003 + number) % 2**32, history)
    drawn = Random(f"{seed} {number}")

    def choose(axis: Axis) -> Param:
        found = chosen.get(ids[axis])
        return draw(axis, drawn) if found is None else _value(axis, found)

    return walk(spec.axes, choose)


def need() -> None:
    """Raise ApiError where Vizier is not installed, or does not start."""
    try:
        with _quiet():
            _designer()
    except (ImportError, AttributeError) as error:  # a jax that is too new for it lacks attributes
        message = (
            f"This emulator has no Vizier ({error}): pip install 'sweeper[vizier]', or use another --study-engine."
        )
        raise errors.ApiError(501, "UNIMPLEMENTED", message) from None


def _suggested(spec: Spec, ids: dict[Axis, str], chance: int, history: Sequence[TuningTrial]) -> dict[str, Any]:
    with _quiet():
        import jax
        from vizier import algorithms

        designer, options = _designer()
        jax.config.update("jax_enable_x64", True)  # with 32 bits its model comes to no number now and then
        made = designer(_problem(spec, ids), rng=jax.random.PRNGKey(chance), **options)
        told = [_told(place, one, spec, ids) for place, one in enumerate(history, 1) if _is_whole(one, spec)]
        done = algorithms.CompletedTrials([one for one in told if one.is_completed])
        made.update(done, algorithms.ActiveTrials([one for one in told if not one.is_completed]))
        (found,) = made.suggest(1)
    return dict(found.parameters.as_dict())


@contextmanager
def _quiet() -> Iterator[None]:
    """Its libraries warn of each other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _designer() -> tuple[Any, dict[str, Any]]:
    """The bandit, and what it is made with to take less time than it would by itself."""
    from vizier._src.algorithms.designers.gp_ucb_pe import VizierGPUCBPEBandit, default_ard_optimizer
    from vizier._src.algorithms.optimizers import eagle_strategy, vectorized_base
    from vizier.pyvizier.converters import padding

    eagle = eagle_strategy.VectorizedEagleStrategyFactory(eagle_config=VizierGPUCBPEBandit.default_eagle_config)
    acquisition = vectorized_base.VectorizedOptimizerFactory(
        strategy_factory=eagle, max_evaluations=EVALUATIONS, suggestion_batch_size=25
    )
    return VizierGPUCBPEBandit, {
        "acquisition_optimizer_factory": acquisition,
        "ard_optimizer": default_ard_optimizer(),
        "ard_random_restarts": 1,
        "padding_schedule": padding.PaddingSchedule(num_trials=padding.PaddingType.POWERS_OF_2),
    }


def _problem(spec: Spec, ids: dict[Axis, str]) -> Any:
    from vizier import pyvizier as vz

    scales = {
        "log": vz.ScaleType.LOG,
        "reverse_log": vz.ScaleType.REVERSE_LOG,
        "linear": vz.ScaleType.LINEAR,
        "none": vz.ScaleType.LINEAR,
    }
    problem = vz.ProblemStatement()
    root = problem.search_space.root
    for axis, name in ids.items():
        if axis.kind == "categorical":
            root.add_categorical_param(name, list(axis.values))
        elif axis.kind == "discrete":
            root.add_discrete_param(name, list(axis.values), scale_type=scales[axis.scale])
        elif axis.kind == "integer":
            root.add_int_param(name, int(axis.low), int(axis.high), scale_type=scales[axis.scale])
        else:
            root.add_float_param(name, axis.low, axis.high, scale_type=scales[axis.scale])
    goal = vz.ObjectiveMetricGoal.MAXIMIZE if spec.maximize else vz.ObjectiveMetricGoal.MINIMIZE
    problem.metric_information.append(vz.MetricInformation(spec.metric, goal=goal))
    return problem


def _is_whole(one: TuningTrial, spec: Spec) -> bool:
    """Trials of an earlier study may have lacked a parameter."""
    return all(axis.name in one.params for axis in spec.axes)


def _told(place: int, one: TuningTrial, spec: Spec, ids: dict[Axis, str]) -> Any:
    from vizier import pyvizier as vz

    there: dict[Axis, Param] = {}

    def note(axis: Axis) -> Param:
        there[axis] = one.params[axis.name]
        return there[axis]

    walk(spec.axes, note)
    trial = vz.Trial(id=place, parameters={name: there.get(axis, _middle(axis)) for axis, name in ids.items()})
    value = one.final.metrics.get(spec.metric) if one.final and one.state is TrialState.SUCCEEDED else None
    if value is not None:
        trial.complete(vz.Measurement(metrics={spec.metric: value}))
    elif one.state in OVER:
        trial.complete(vz.Measurement(), infeasibility_reason=one.reason or "it has failed")
    return trial


def _middle(axis: Axis) -> Param:
    if axis.kind in ("discrete", "categorical"):
        return axis.values[len(axis.values) // 2]
    value = at(axis, 0.5)
    return round(value) if axis.kind == "integer" else value


def _value(axis: Axis, found: Any) -> Param:
    """Its own value: what was scaled may lie a little beyond the end."""
    if axis.kind == "categorical":
        return str(found)
    if axis.kind == "discrete":
        return min((one for one in axis.values if not isinstance(one, str)), key=lambda one: abs(one - float(found)))
    value = min(axis.high, max(axis.low, float(found)))
    return round(value) if axis.kind == "integer" else value
