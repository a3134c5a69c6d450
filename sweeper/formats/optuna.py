"""Optuna: a study in a SQLite file, for optuna-dashboard and ``optuna.load_study``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.formats.finished import Curve, Finished, Scalar, Study, about, curves, is_finite, scalar
from sweeper.formats.hurry import hurry
from sweeper.model import Choices, Range, State, Value

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial, TrialState


def write(study: Study, trials: Iterable[Finished], target: Path, done: Callable[[], None]) -> None:
    """A new SQLite file. Optuna keeps one curve a trial: those of other metrics are attributes, ``curve.<metric>``."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    hurry()
    storage = optuna.storages.RDBStorage(f"sqlite:///{target}")
    made = optuna.create_study(storage=storage, study_name=study.id, direction=study.metric.goal)
    made.set_metric_names([study.metric.name])
    for name, fact in {"config": study.config, "reduce": study.metric.reduce, **study.facts}.items():
        made.set_user_attr(name, fact)
    known = {name: distribution(study, name) for name in study.observed}
    for trial in trials:
        made.add_trial(_frozen(trial, study, known))
        done()
    storage.engine.dispose()


def distribution(study: Study, name: str) -> BaseDistribution:
    """The parameter's domain, and every value that a trial has of it: a config may have been changed meanwhile."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    domain, values = study.domains.get(name), study.observed[name]
    if not isinstance(domain, Range) or not all(map(_is_number, values)):
        listed = domain.values if isinstance(domain, Choices) else ()
        return CategoricalDistribution(_choices([*listed, *values]))
    numbers: list[Any] = [domain.min, domain.max, *values]
    low, high, log = min(numbers), max(numbers), domain.scale == "log"
    if all(isinstance(one, int) for one in numbers) and not (log and low < 1):
        return IntDistribution(low, high, log=log)
    return FloatDistribution(float(low), float(high), log=log and low > 0)


def _choices(values: Sequence[Value]) -> list[Scalar]:
    """Each once; 1, 1.0 and True, which Optuna would take for one, as texts where they meet."""
    texts = {json.dumps(value): scalar(value) for value in values}
    found = list(texts.values())
    return found if len(set(found)) == len(found) else list(texts)


def _frozen(trial: Finished, study: Study, known: dict[str, BaseDistribution]) -> FrozenTrial:
    from optuna.trial import FrozenTrial

    mine = curves(trial)
    params = {name: _chosen(value, known[name]) for name, value in trial.params.items()}
    return FrozenTrial(
        number=trial.number,
        trial_id=-1,  # the storage gives its own
        state=_state(trial),
        value=trial.metric if is_finite(trial.metric) else None,
        datetime_start=datetime.fromtimestamp(trial.begin),
        datetime_complete=datetime.fromtimestamp(trial.end),
        params=params,
        distributions={name: known[name] for name in params},
        user_attrs={**about(trial), **_others(mine, study.metric.name)},
        system_attrs={},
        intermediate_values={step: one.value for step, one in mine.get(study.metric.name, {}).items()},
    )


def _state(trial: Finished) -> TrialState:
    """A trial without a number to rank it by has come to nothing in Optuna's words, whatever its exit code."""
    from optuna.trial import TrialState

    if trial.state is not State.SUCCEEDED:
        return TrialState.FAIL
    if trial.stopped_early:
        return TrialState.PRUNED
    return TrialState.COMPLETE if is_finite(trial.metric) else TrialState.FAIL


def _chosen(value: Value, mine: BaseDistribution) -> Any:
    from optuna.distributions import CategoricalDistribution

    if not isinstance(mine, CategoricalDistribution):
        return value
    plain = scalar(value)
    alike = [one for one in mine.choices if one == plain and type(one) is type(plain)]
    return alike[0] if alike else json.dumps(value)


def _others(mine: dict[str, Curve], ranked: str) -> dict[str, list[list[float | None]]]:
    """[[step, value], ...] of the other metrics; None for what JSON cannot write."""
    return {
        f"curve.{name}": [[step, one.value if is_finite(one.value) else None] for step, one in curve.items()]
        for name, curve in mine.items()
        if name != ranked
    }


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
