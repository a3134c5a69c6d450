"""``metric.where``: conditions on what a trial has reported."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.model import Metric
from sweeper.space.constraints import Constraint, parse


@dataclass(frozen=True, slots=True)
class Broken:
    """A condition that does not hold, and why where its values do not show it."""

    text: str
    why: str = ""


def conditions(metric: Metric) -> tuple[Constraint, ...]:
    """All of them, parsed; the config's check has seen to it that they can be."""
    return tuple(parse(text, metric.names) for text in metric.where)


def broken(wanted: tuple[Constraint, ...], values: Mapping[str, float | None]) -> list[Broken]:
    """Those that do not hold. What was never reported, or is no number, meets no condition that names it."""
    return [found for one in wanted if (found := _broken(one, values)) is not None]


def _broken(one: Constraint, values: Mapping[str, float | None]) -> Broken | None:
    numbers = []
    for name in one.names:
        number = values.get(name)
        if number is None:
            return Broken(one.text, f"{name} was not reported")
        if math.isnan(number):
            return Broken(one.text, f"{name} is nan")
        numbers.append(number)
    try:
        return None if one.holds(numbers) else Broken(one.text)
    except UserError as error:  # a division by zero, say
        return Broken(one.text, error.problems[0].message.partition(",")[0])


def in_words(found: list[Broken]) -> str:
    """``violates size_mb < 20 and loss < 1``; empty where all hold."""
    return f"violates {' and '.join(map(_worded, found))}" if found else ""


def _worded(one: Broken) -> str:
    return f"{one.text} ({one.why})" if one.why else one.text
