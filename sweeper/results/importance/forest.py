"""Functional analysis of variance by a random forest: Optuna's, for trials that are no full grid.

F. Hutter, H. Hoos, K. Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014. Optuna
has the effects of single parameters; those of two are not in it, and none are made up here.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from functools import lru_cache

from sweeper.results.report.axes import Axis
from sweeper.results.report.thin import first_and_evenly

MOST = 250
"""Trials; more take minutes, and tell little more."""
SEED = 0
"""Of the forest: the same sweep has the same table."""


@lru_cache(maxsize=4)  # a page that is drawn again has the same trials more often than not
def shares(axes: tuple[Axis, ...], metric: tuple[float, ...]) -> Mapping[str, float]:
    """Of each parameter, from 0 to 1. Raises ImportError without Optuna or scikit-learn.

    Rows are given best first, or in any order; of very many, an even choice is taken. The space of a parameter is what
    its values span, on the scale on which they are drawn.
    """
    import sklearn.ensemble  # noqa: F401 -- Optuna would only say so when it is asked
    from optuna import create_study, logging
    from optuna.importance import FanovaImportanceEvaluator
    from optuna.trial import create_trial

    rows = first_and_evenly(len(metric), most=MOST, first=0)
    space = {axis.name: _distribution(axis) for axis in axes}
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        study = create_study()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study.add_trials(
                create_trial(
                    params={axis.name: _value(axis, row) for axis in axes}, distributions=space, value=metric[row]
                )
                for row in rows
            )
            found = FanovaImportanceEvaluator(seed=SEED).evaluate(study, params=list(space))
    except RuntimeError:  # the forest has found no variance
        return {}
    finally:
        logging.set_verbosity(before)
    return {name: float(found[name]) for name in space}


def _distribution(axis: Axis):  # type: ignore[no-untyped-def]  # Optuna's, which is not loaded here
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if axis.words is not None:
        return CategoricalDistribution(range(len(axis.words)))
    values = [_value(axis, row) for row in range(len(axis.values))]
    return FloatDistribution(min(values), max(values))


def _value(axis: Axis, row: int) -> float:
    """Where it is drawn: Optuna's forest would spread a logarithmic parameter evenly over its values."""
    value = axis.values[row]
    if axis.words is not None:
        return int(value)
    return math.log(value) if axis.log else float(value)
