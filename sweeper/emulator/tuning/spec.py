"""What a tuning job asks for, in no service's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["double", "integer", "discrete", "categorical"]
Scale: TypeAlias = Literal["none", "linear", "log", "reverse_log"]
Param: TypeAlias = "str | int | float"
"""text of a categorical parameter, int of an integer one, float of the others."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter."""

    name: str
    kind: Kind
    low: float = 0.0
    high: float = 0.0
    """Ends of a double or integer parameter, both included."""
    values: tuple[str | float, ...] = ()
    """Of a discrete (numbers, ascending) or categorical (text) parameter."""
    scale: Scale = "none"
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A parameter that is there where its parent has one of these values."""

    values: tuple[Param, ...]
    axis: Axis


@dataclass(frozen=True, slots=True)
class Spec:
    """The study."""

    axes: tuple[Axis, ...]
    metric: str
    maximize: bool
    algorithm: Literal["bayesian", "grid", "random"] = "bayesian"
    max_trials: int = 1
    parallel: int = 1
    max_failed: int = 0
    """0 = the service decides."""
    stopping: Literal["", "median", "decay", "convex"] = ""
    selection: Literal["last", "best"] = "last"
    resume: str = ""
    """Id of an earlier tuning job of the same project, whose trials it begins with."""


def every(axes: Iterable[Axis]) -> Iterator[Axis]:
    """All axes, those below others included."""
    for axis in axes:
        yield axis
        yield from every(branch.axis for branch in axis.branches)
