"""What can be guessed of trials that run, and how numbers are drawn in a line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def trial_left(elapsed: float, *, step: int | None, last: int | None, typical: float | None) -> float | None:
    """Seconds: by the steps that are left at its own pace, else by how long others took; None where nothing is known.

    ``step`` is the last that it reported, ``last`` that of a trial which ran to its end.
    """
    if step is not None and last is not None and step >= 0 and last >= 1:
        return elapsed * max(0, last - step) / (step + 1)
    return None if typical is None else max(0.0, typical - elapsed)


def sweep_left(waiting: int, lefts: Sequence[float | None]) -> float | None:
    """Seconds, for ``waiting`` trials behind those that run, whose own are known; None where one is not.

    ``lefts`` has one for each that runs, and then that of a whole trial.
    """
    *running, whole = lefts
    if not running or whole is None or None in running:
        return None
    return (waiting * whole + math.fsum(left or 0.0 for left in running)) / len(running)


def stairs(steps: Sequence[tuple[float, float]], now: float, width: int) -> list[float]:
    """The value of a staircase of (time, value) at ``width`` moments from its beginning to ``now``."""
    if not steps or width < 1:
        return []
    begin = steps[0][0]
    values, at = [], 0
    for place in range(width):
        moment = begin + (now - begin) * (place + 1) / width
        while at + 1 < len(steps) and steps[at + 1][0] <= moment:
            at += 1
        values.append(steps[at][1])
    return values


def spark(values: Sequence[float], width: int) -> str:
    """A bar for each value, or for the last of several where they are more than ``width``."""
    known = [value for value in values if math.isfinite(value)]
    if not known or width < 1:
        return ""
    low, high = min(known), max(known)
    few = values if len(values) <= width else [values[(place + 1) * len(values) // width - 1] for place in range(width)]
    return "".join(_bar(value, low, high) for value in few)


def _bar(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return " "
    height = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5  # halves: the difference may overflow
    return BARS[min(len(BARS) - 1, int(height * len(BARS)))]
