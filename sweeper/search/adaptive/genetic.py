"""``nsga``: Optuna's NSGA-II (Deb et al. 2002, doi:10.1109/4235.996017), for several objectives; rebuilt each time."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sweeper.errors import UserError
from sweeper.model import Point
from sweeper.search.adaptive.coordinates import Coordinates
from sweeper.search.adaptive.history import History
from sweeper.search.adaptive.parzen import distribution, inner, need, outer

if TYPE_CHECKING:
    import optuna

POPULATION = 8
"""Points of a generation; the first is the quasi-random start. Optuna's 50 leave a sweep of 100 trials one generation
that learns, the paper's 100 are for 25,000 trials; of 8, 12, 16 and 24, 8 was the best for 48 to 192 (docs/search.md).
"""
MOST_ASKED = 50
"""Proposals in a row that may be known already or against the rules."""


def propose(coordinates: Coordinates, past: History, k: int, seed: int) -> Iterator[Point]:
    """Child after child of the generation that what was measured has come to.

    Trials of the same generation run beside each other as they are: a running trial changes nothing, and a failed one
    has no children. One that breaks conditions loses to all that break fewer (constrained domination, ibid.).
    """
    space = {str(i): distribution(one) for i, one in enumerate(coordinates.all)}
    study = _study(seed, past.objectives.shape[1])
    study.add_trials(_told(coordinates, past, space))
    for _ in range(MOST_ASKED):
        asked = study.ask(space)
        point = coordinates.decode([outer(one, asked.params[str(i)]) for i, one in enumerate(coordinates.all)])
        if point is not None:
            yield point


def check() -> None:
    """UserError where Optuna is not installed, or is one that cannot be told of generations (before 4.3 or so)."""
    if not hasattr(need("nsga").samplers.NSGAIISampler, "get_trial_generation"):
        hint = 'pip install --upgrade "sweeper[search]"'
        raise UserError("method: nsga needs a newer optuna than is installed", path="method", hint=hint)


def _study(seed: int, objectives: int) -> optuna.Study:
    library = need("nsga")
    library.logging.set_verbosity(library.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # versions before 5 heed conditions only with such a function
        sampler = _sampler(library)(seed=seed % 2**32, population_size=POPULATION, constraints_func=lambda _: (0.0,))
    study: optuna.Study = library.create_study(directions=["maximize"] * objectives, sampler=sampler)
    return study


def _sampler(library: Any) -> Any:
    """Optuna's, told which generation a trial is of: it would only know that of trials that it has proposed itself."""

    class Rebuilt(library.samplers.NSGAIISampler):  # type: ignore[misc]
        def get_trial_generation(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> int:
            return len(_measured(study)) // POPULATION

        def get_population(self, study: optuna.Study, generation: int) -> list[optuna.trial.FrozenTrial]:
            return _measured(study)[generation * POPULATION : (generation + 1) * POPULATION]

    return Rebuilt


def _measured(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _told(coordinates: Coordinates, past: History, space: dict[str, Any]) -> Iterator[optuna.trial.FrozenTrial]:
    """In the order of the proposals. A parameter that is absent has the middle of its range: all pass on the same."""
    from optuna.trial import create_trial

    for vector, values, violated in zip(past.measured, past.objectives, past.violated, strict=True):
        whole = [0.5 if math.isnan(value) else float(value) for value in vector]
        yield create_trial(
            values=values.tolist(),
            params={
                str(i): inner(one, value) for i, (one, value) in enumerate(zip(coordinates.all, whole, strict=True))
            },
            distributions=space,
            system_attrs={"constraints": [float(violated)]},
        )
