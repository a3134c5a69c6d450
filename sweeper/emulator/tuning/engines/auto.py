"""Bayesian search by sweeper's own ``method: auto``: a Gaussian process and a Parzen estimator in turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sweeper.emulator import errors
from sweeper.emulator.tuning.engines import random
from sweeper.emulator.tuning.engines.protocol import Params
from sweeper.emulator.tuning.engines.walk import walk
from sweeper.emulator.tuning.spec import Axis, Param, Spec
from sweeper.emulator.tuning.trial import OVER, TrialState, TuningTrial
from sweeper.errors import UserError
from sweeper.model import Choices, Metric, Parameter, Range, Space, Sweep, Trainer, Value
from sweeper.search.registry import make
from sweeper.search.told import Told

LOGARITHMS = ("log", "reverse_log")
MOST = 1_000_000
"""Trials: how many a study has is counted elsewhere."""


@dataclass(frozen=True)
class Place:
    """One axis where it stands: below two parents, an axis of one name is two parameters."""

    id: str
    axis: Axis
    parent: str = ""
    values: tuple[Param, ...] = ()
    """Of the parent, where there is one."""


def propose(spec: Spec, seed: int, number: int, history: Sequence[TuningTrial]) -> Params | None:
    """Rebuilt from the history for each trial. A space that is used up is gone through again, by chance."""
    places = tuple(_places(spec.axes))
    search = make(_sweep(spec, places, seed))
    told = [_told(one, spec, places) for one in history]
    try:
        point = search.propose(number - 1, told)
    except IndexError:
        return random.propose(spec, seed, number, history)
    chosen = {place.axis.name: _outer(place.axis, point[place.id]) for place in places if place.id in point}
    return walk(spec.axes, lambda axis: chosen[axis.name])


def need() -> None:
    """Raise ApiError where the libraries are not installed."""
    try:
        make(Sweep("s", Trainer("t"), Space((Parameter("a", Range(0, 1)),)), method="auto", trials=1))
    except UserError as error:
        message = f"This emulator has no Bayesian search: {error}; or choose RANDOM_SEARCH or GRID_SEARCH."
        raise errors.ApiError(501, "UNIMPLEMENTED", message) from None


def _places(
    axes: Iterable[Axis], before: str = "", parent: str = "", values: tuple[Param, ...] = ()
) -> Iterator[Place]:
    for i, axis in enumerate(axes):
        place = Place(f"{before}{i}", axis, parent, values)
        yield place
        for j, branch in enumerate(axis.branches):
            yield from _places((branch.axis,), f"{place.id}.{j}.", place.id, branch.values)


def _sweep(spec: Spec, places: Sequence[Place], seed: int) -> Sweep:
    by_id = {place.id: place for place in places}
    metric = Metric(spec.metric, "maximize" if spec.maximize else "minimize")
    space = Space(tuple(_parameter(place, by_id) for place in places))
    return Sweep("study", Trainer("trainer"), space, method="auto", seed=seed, trials=MOST, metric=metric)


def _parameter(place: Place, by_id: Mapping[str, Place]) -> Parameter:
    axis = place.axis
    when: dict[str, tuple[Value, ...]] = {}
    if place.parent:
        when[place.parent] = tuple(_inner(by_id[place.parent].axis, value) for value in place.values)
    if axis.kind in ("discrete", "categorical"):
        return Parameter(place.id, Choices(axis.values), when=when)
    scale: Literal["linear", "log"] = "log" if axis.scale in LOGARITHMS else "linear"
    low, high = (int(axis.low), int(axis.high)) if axis.kind == "integer" else (axis.low, axis.high)
    return Parameter(place.id, Range(low, high, scale=scale, integer=axis.kind == "integer"), when=when)


def _told(one: TuningTrial, spec: Spec, places: Sequence[Place]) -> Told:
    point: dict[str, Value] = {}
    axes = {place.id: place.axis for place in places}
    for place in places:
        parent = point.get(place.parent)
        there = not place.parent or parent in [_inner(axes[place.parent], value) for value in place.values]
        if there and place.axis.name in one.params:
            point[place.id] = _inner(place.axis, one.params[place.axis.name])
    value = one.final.metrics.get(spec.metric) if one.final and one.state is TrialState.SUCCEEDED else None
    if one.state not in OVER:
        return Told(one.number, point, "running")
    return Told(one.number, point, "failed" if value is None else "succeeded", value)


def _inner(axis: Axis, value: Param) -> Value:
    return value if axis.kind in ("discrete", "categorical") else _turned(axis, value)


def _outer(axis: Axis, value: Value) -> Param:
    if axis.kind in ("discrete", "categorical"):
        return next(one for one in axis.values if one == value)
    assert isinstance(value, (int, float))
    return _turned(axis, value)


def _turned(axis: Axis, value: Param) -> int | float:
    """A reversed logarithm is a plain one that is read from the other end; the same turn leads back."""
    number = int(value) if axis.kind == "integer" else float(value)
    if axis.scale != "reverse_log":
        return number
    turned = min(axis.high, max(axis.low, axis.low + axis.high - number))
    return int(turned) if axis.kind == "integer" else turned
