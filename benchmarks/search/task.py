"""What a task is: a space, and a value to minimize for each of its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sweeper.model import Choices, Parameter, Point, Range, Space, Value


@dataclass(frozen=True)
class Task:
    """One problem. ``value`` takes a point and which draw of the noise; without a draw it gives the true value.

    The value is to be minimized; None is a trial that failed, which no value is worse than.
    """

    name: str
    space: Space
    value: Callable[[Mapping[str, Any], int | None], float | None]
    best: float | None = None
    """The least true value, where it is known; None = the least that a long search found, in references.json."""


def real(name: str, low: float, high: float, **when: Value | tuple[Value, ...]) -> Parameter:
    """A number between two ends; present where each named parameter has the value, or one of the values, given."""
    return Parameter(name, Range(low, high), when=_conditions(when))


def log(name: str, low: float, high: float, **when: Value | tuple[Value, ...]) -> Parameter:
    """A number between two ends above 0, searched by its logarithm."""
    return Parameter(name, Range(low, high, scale="log"), when=_conditions(when))


def whole(name: str, low: int, high: int, **when: Value | tuple[Value, ...]) -> Parameter:
    """A whole number, both ends included."""
    return Parameter(name, Range(low, high, integer=True), when=_conditions(when))


def log_whole(name: str, low: int, high: int, **when: Value | tuple[Value, ...]) -> Parameter:
    """A whole number, searched by its logarithm."""
    return Parameter(name, Range(low, high, scale="log", integer=True), when=_conditions(when))


def among(name: str, values: tuple[Value, ...], **when: Value | tuple[Value, ...]) -> Parameter:
    """One of the values."""
    return Parameter(name, Choices(values), when=_conditions(when))


def _conditions(when: Mapping[str, Value | tuple[Value, ...]]) -> dict[str, tuple[Value, ...]]:
    return {name: value if isinstance(value, tuple) else (value,) for name, value in when.items()}


def present(space: Space, values: Mapping[str, Value]) -> Point:
    """The point in what a method without conditions gave: the parameters whose conditions do not hold are left out.

    A parameter must come after those that its condition names, as in all tasks here.
    """
    point: dict[str, Value] = {}
    for parameter in space.parameters:
        if holds(parameter, point):
            point[parameter.name] = values[parameter.name]
    return point


def holds(parameter: Parameter, point: Mapping[str, Value]) -> bool:
    """Whether the condition of a parameter holds, given the values of those before it."""
    return all(name in point and point[name] in allowed for name, allowed in parameter.when.items())
