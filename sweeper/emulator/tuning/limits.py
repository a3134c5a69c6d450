"""What the values of a parameter must be: the rules that both services state, as (field, sentence)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sweeper.emulator.tuning.spec import Scale

Fault = tuple[str, str]

MOST_VALUES = 1000
REQUIRED = "Required field is not set."
SCALES: dict[str, Scale] = {
    "UNIT_LINEAR_SCALE": "linear",
    "UNIT_LOG_SCALE": "log",
    "UNIT_REVERSE_LOG_SCALE": "reverse_log",
}
"""The services' words for how a parameter is scaled; any other word is no scale."""
LOGARITHMS = ("UNIT_LOG_SCALE", "UNIT_REVERSE_LOG_SCALE")


def number(value: Any) -> float | None:
    """A finite double; None where it is none, as ``NaN`` or a number of a thousand digits."""
    try:
        found = float(value)
    except (OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def span_faults(given: Mapping[str, Any], *, whole: bool, scale: str) -> Iterator[Fault]:
    """What is wrong with a range. JSON cannot tell an end that is 0 from one that is absent, but both cannot be."""
    if "minValue" not in given and "maxValue" not in given:
        yield "min_value", REQUIRED
        yield "max_value", REQUIRED
        return
    low, high = number(given.get("minValue", 0)), number(given.get("maxValue", 0))
    for name, end in (("min_value", low), ("max_value", high)):
        if end is None:
            yield name, "It must be a finite number."
        elif whole and not end.is_integer():
            yield name, f"It must be an integer for a parameter of type INTEGER, not {end!r}."
    if low is None or high is None:
        return
    if low > high:
        yield "max_value", f"It cannot be less than min_value: {high!r} < {low!r}."
    yield from positive_faults(low, scale)


def positive_faults(least: float, scale: str) -> Iterator[Fault]:
    """A logarithm needs a space above 0."""
    if scale in LOGARITHMS and least <= 0:
        yield "scale_type", f"{scale} needs a feasible space that is strictly positive; it begins at {least!r}."


def discrete_faults(values: Sequence[Any], *, gap: float, scale: str) -> Iterator[Fault]:
    """What is wrong with a list of numbers; two neighbours must be further apart than ``gap``, or just as far."""
    if not values:
        yield "values", REQUIRED
        return
    if len(values) > MOST_VALUES:
        yield "values", f"The list should not contain more than {MOST_VALUES} values."
    numbers = [number(value) for value in values]
    found = [value for value in numbers if value is not None]
    if len(found) < len(numbers):
        yield "values", "Its values must be finite numbers."
        return
    for low, high in pairwise(found):
        if high <= low:
            yield "values", f"The list should be in strictly increasing order; {high!r} follows {low!r}."
            break
        if high - low < gap:
            yield "values", f"Its values must be at least {gap:g} apart; {low!r} and {high!r} are not."
            break
    yield from positive_faults(min(found), scale)


def category_faults(values: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with a list of words."""
    if not values:
        yield "values", REQUIRED
    for word, times in Counter(values).items():
        if times > 1:
            yield "values", f"Its values must be unique; '{word}' is there {times} times."
