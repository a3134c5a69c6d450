"""``nsga``: Optuna's NSGA-II (Deb et al. 2002, doi:10.1109/4235.996017), for several objectives; rebuilt each time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sweeper.model import Point
from sweeper.search.adaptive.coordinates import Array, Coordinate, Coordinates
from sweeper.search.adaptive.history import History
from sweeper.search.adaptive.parzen import distribution, inner, need, outer

if TYPE_CHECKING:
    import optuna

POPULATION = 16
"""Points of the quasi-random start and of each generation after it. Optuna's 50 leave a sweep of 100 trials with one
generation that learns; the paper's 100 are for tens of thousands of trials."""
MOST_ASKED = 50
"""Proposals in a row that may be known already or against the rules."""


def propose(coordinates: Coordinates, past: History, k: int, seed: int) -> Iterator[Point]:
    """Child after child of the generation that what was measured has come to.

    Trials of the same generation run beside each other as they are: a running trial changes nothing, and a failed one
    has no children. One that breaks conditions loses to all that break fewer (constrained domination, ibid.).
    """
    study = _study(seed, past.objectives.shape[1])
    space = {str(i): distribution(one) for i, one in enumerate(coordinates.all)}
    for vector, values, violated in zip(past.measured, past.objectives, past.violated, strict=True):
        _tell(study, coordinates.all, space, vector, values, int(violated))
    for _ in range(MOST_ASKED):
        asked = study.ask(space)
        point = coordinates.decode([outer(one, asked.params[str(i)]) for i, one in enumerate(coordinates.all)])
        if point is not None:
            yield point


def _study(seed: int, objectives: int) -> optuna.Study:
    library = need("nsga")
    library.logging.set_verbosity(library.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # versions before 5 know no other way to tell of conditions
        sampler = library.samplers.NSGAIISampler(
            seed=seed % 2**32, population_size=POPULATION, constraints_func=_violated
        )
    study: optuna.Study = library.create_study(directions=["maximize"] * objectives, sampler=sampler)
    return study


def _tell(
    study: optuna.Study, all_: Sequence[Coordinate], space: dict[str, Any], vector: Array, values: Array, violated: int
) -> None:
    """Asked and told again, in the order of the proposals: the sampler itself counts its generations.

    A parameter that is absent has the middle of its range, so that every trial has the same ones to pass on.
    """
    whole = np.where(np.isnan(vector), 0.5, vector)
    study.enqueue_trial({str(i): inner(one, whole[i]) for i, one in enumerate(all_)}, {"violated": violated})
    study.tell(study.ask(space), [float(value) for value in values])


def _violated(trial: optuna.trial.FrozenTrial) -> tuple[float]:
    return (float(trial.user_attrs["violated"]),)
