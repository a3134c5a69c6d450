"""The finished trials of a sweep, as the formats of other tools get them: plain values, curves, a few texts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping

from sweeper.lean import dataclass
from sweeper.model import Choices, Measurement, Metric, Range, Reason, State, Value

Scalar = str | int | float | bool | None
Curve = dict[int, Measurement]


@dataclass(frozen=True, slots=True)
class Study:
    """The sweep that the trials are of."""

    id: str
    name: str
    metric: Metric
    created: float
    """Unix seconds."""
    config: str
    """As written."""
    domains: Mapping[str, Choices | Range]
    """What the config lets each parameter be; without those that it does not name."""
    observed: Mapping[str, tuple[Value, ...]]
    """Every value that a trial has of each parameter, each once."""
    facts: Mapping[str, str]
    """What else is known of it: trainer, backend, digest of the code."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One trial that has ended, however it did."""

    id: str
    number: int
    point: str
    params: Mapping[str, Value]
    """Without conditional parameters that do not apply."""
    state: State
    reason: Reason
    note: str
    """Why it failed, in a line."""
    argv: tuple[str, ...]
    seed: int
    attempt: int
    code: int | None
    started: float | None
    ended: float | None
    metric: float | None
    """The number that it is ranked by; None where there is none that ranks."""
    measurements: tuple[Measurement, ...]
    """In the order of arrival."""

    @property
    def stopped_early(self) -> bool:
        """A stopping rule has ended it."""
        return self.reason is Reason.STOPPED_EARLY

    @property
    def begin(self) -> float:
        """Unix seconds; of a trial that never began, when it ended."""
        return next((time for time in (self.started, self.ended) if time is not None), 0.0)

    @property
    def end(self) -> float:
        """Unix seconds, never before ``begin``."""
        return max(self.begin, self.ended or 0.0)


def curves(trial: Finished) -> dict[str, Curve]:
    """Metric -> step -> what was reported last at that step, by step."""
    found: dict[str, Curve] = {}
    for one in trial.measurements:
        found.setdefault(one.metric, {})[one.step] = one
    return {name: dict(sorted(curve.items())) for name, curve in found.items()}


def ranked_by(trial: Finished, metric: Metric) -> dict[str, float]:
    """The number that ranks the trial, by a name of its own where it is not simply the last of its curve."""
    if trial.metric is None or metric.reduce == "last":
        return {}
    return {f"{metric.name}.{metric.reduce}": trial.metric}


def about(trial: Finished) -> dict[str, Scalar]:
    """What is known of a trial beside its parameters and numbers; what is not known is left out."""
    known: dict[str, Scalar] = {
        "trial": trial.id,
        "number": trial.number,
        "point": trial.point,
        "seed": trial.seed,
        "attempt": trial.attempt,
        "state": str(trial.state),
        "reason": str(trial.reason),
        "note": trial.note,
        "code": trial.code,
        "argv": json.dumps(trial.argv, ensure_ascii=False),
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def scalar(value: Value) -> Scalar:
    """A list, which other tools have no word for, as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value


def text(value: Value) -> str:
    """A value as it would be written."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_finite(value: float | None) -> bool:
    """Whether there is a number that ranks."""
    return value is not None and math.isfinite(value)


def allowed_names(names: Iterable[str], forbidden: str) -> dict[str, str]:
    """Name -> the same without letters that match ``forbidden``; two names never become one."""
    found: dict[str, str] = {}
    taken = set(names := list(names))
    for name in names:
        new = re.sub(forbidden, "_", name)
        while new != name and new in taken:
            new += "_"
        taken.add(new)
        found[name] = new
    return found
