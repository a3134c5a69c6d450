"""The parameters that vary, and how each is drawn: by number, by its logarithm or by listed values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.lean import dataclass
from sweeper.results.columns import parameters
from sweeper.results.table import text_of

_FAR = 100
"""Numbers whose largest is not so many times the smallest are never drawn by their logarithm."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and its values, one a row; None where a row has it not."""

    name: str
    values: tuple[Any, ...]
    """Numbers, or places in ``words``."""
    words: tuple[str, ...] | None = None
    """The listed values in the order in which they are drawn; None for numbers."""
    log: bool = False


def axes(points: Sequence[Mapping[str, Any]]) -> tuple[list[Axis], dict[str, str]]:
    """(parameters that vary, those that all rows share with their values)."""
    varying, shared = [], {}
    for name in parameters([dict(point) for point in points]):
        # As JSON, because True == 1 and 1 == 1.0 in Python but not on a command line.
        written = {json.dumps(point[name]) if name in point else "" for point in points}
        if len(written) == 1 and len(points) > 1:
            shared[name] = text_of(points[0][name])
        else:
            varying.append(_axis(name, [point.get(name) for point in points]))
    return varying, shared


def _axis(name: str, values: Sequence[Any]) -> Axis:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return Axis(name, tuple(values), log=_by_logarithm(sorted(known)))
    words = tuple(dict.fromkeys(sorted(text_of(value) for value in known)))
    places = {word: place for place, word in enumerate(words)}
    return Axis(name, tuple(None if value is None else places[text_of(value)] for value in values), words)


def _by_logarithm(known: Sequence[float]) -> bool:
    """Whether the middle value is nearer to the middle of the scale so: dropouts from 0.001 to 0.6 are not."""
    low, middle, high = known[0], known[len(known) // 2], known[-1]
    if low <= 0 or high < _FAR * low:
        return False
    even = (middle - low) / (high - low)
    log = math.log(middle / low) / math.log(high / low)
    return abs(log - 0.5) < abs(even - 0.5)
