"""``tpe``: Optuna's tree-structured Parzen estimator (Watanabe 2023, arXiv:2304.11127), rebuilt for each proposal.

With several objectives it is that of Ozaki et al. (2022, Journal of Artificial Intelligence Research 73, 1209-1250):
good is what lies on the first fronts, by the volume that it adds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sweeper.errors import UserError
from sweeper.model import Point
from sweeper.search.adaptive.coordinates import Array, Coordinate, Coordinates
from sweeper.search.adaptive.history import History

if TYPE_CHECKING:
    import optuna

MOST_ASKED = 50
"""Proposals in a row that may be known already or against the rules."""


def propose(coordinates: Coordinates, past: History, k: int, seed: int) -> Iterator[Point]:
    """Proposal after proposal; trials that run count as bad ones, so that it looks elsewhere."""
    study = _study(seed, past.objectives.shape[1])
    space = {str(i): distribution(one) for i, one in enumerate(coordinates.all)}
    study.add_trials((_told if past.objectives.shape[1] == 1 else _told_several)(coordinates.all, past, space))
    for _ in range(MOST_ASKED):
        asked = study.ask()
        vector = _walked(coordinates, asked, space)
        point = coordinates.decode(vector)
        if point is not None:
            yield point


def _study(seed: int, objectives: int) -> optuna.Study:
    library = need("tpe")
    library.logging.set_verbosity(library.logging.ERROR)
    sampler = library.samplers.TPESampler(seed=seed % 2**32, n_startup_trials=0, constant_liar=True)
    study: optuna.Study = library.create_study(directions=["maximize"] * objectives, sampler=sampler)
    return study


def need(method: str) -> Any:
    """Optuna, imported. UserError where it is not installed: the method cannot be had."""
    try:
        # Here, since it takes half a second to import and only few sweeps need it.
        import optuna
    except ImportError:
        hint = 'pip install "sweeper[search]"'
        raise UserError(f"method: {method} needs optuna, which is not installed", path="method", hint=hint) from None
    return optuna


def _walked(coordinates: Coordinates, asked: optuna.Trial, space: dict[str, Any]) -> list[float]:
    """A value for each coordinate. What turns out to be absent is asked for all the same, and then left out."""
    return [outer(one, asked._suggest(str(i), space[str(i)])) for i, one in enumerate(coordinates.all)]


def _told(
    coordinates: Sequence[Coordinate], past: History, space: dict[str, Any]
) -> Iterator[optuna.trial.FrozenTrial]:
    from optuna.trial import TrialState as State

    for vector, value in zip(past.measured, past.values, strict=True):
        yield _trial(coordinates, space, vector, State.COMPLETE, [float(value)])
    for vector in past.failed:
        # Not FAIL, which the estimator would forget: a pruned trial without any value is a bad place without a number.
        yield _trial(coordinates, space, vector, State.PRUNED)
    for vector in past.running:
        yield _trial(coordinates, space, vector, State.RUNNING)


def _told_several(
    coordinates: Sequence[Coordinate], past: History, space: dict[str, Any]
) -> Iterator[optuna.trial.FrozenTrial]:
    """What failed or breaks a condition is as bad as the worst of all in each objective: every other one dominates it.

    Where there are several objectives, Optuna knows no trial without values.
    """
    from optuna.trial import TrialState as State

    worst = past.objectives.min(axis=0)
    for vector, values, violated in zip(past.measured, past.objectives, past.violated, strict=True):
        yield _trial(coordinates, space, vector, State.COMPLETE, (worst if violated else values).tolist())
    for vector in past.failed:
        yield _trial(coordinates, space, vector, State.COMPLETE, worst.tolist())
    for vector in past.running:
        yield _trial(coordinates, space, vector, State.RUNNING)


def _trial(
    coordinates: Sequence[Coordinate], space: dict[str, Any], vector: Array, state: Any, values: Any = None
) -> optuna.trial.FrozenTrial:
    from optuna.trial import create_trial

    params = {str(i): inner(one, vector[i]) for i, one in enumerate(coordinates) if not math.isnan(vector[i])}
    known = {name: space[name] for name in params}
    return create_trial(state=state, values=values, params=params, distributions=known)


def distribution(one: Coordinate) -> Any:
    """Optuna's, for one coordinate."""
    from optuna import distributions

    if one.kind == "nominal":
        return distributions.CategoricalDistribution(range(one.levels))
    if one.kind == "ordinal":
        return distributions.IntDistribution(0, one.levels - 1)
    return distributions.FloatDistribution(0.0, 1.0)


def inner(one: Coordinate, value: float) -> Any:
    """A coordinate's value as Optuna has it."""
    return min(int(value * one.levels), one.levels - 1) if one.levels else min(max(float(value), 0.0), 1.0)


def outer(one: Coordinate, value: Any) -> float:
    """The way back."""
    return (value + 0.5) / one.levels if one.levels else float(value)
