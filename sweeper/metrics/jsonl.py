"""JSON lines: every number at the top level of a line is a metric, but for the line's step and time."""

from __future__ import annotations

from sweeper.metrics.lines import number, objects, seconds, whole
from sweeper.model import Measurement

STEPS = ("step", "global_step", "epoch")
TIMES = ("time", "timestamp", "wall_time")
_ABOUT = frozenset(STEPS + TIMES)


def parse(text: str) -> list[Measurement]:
    """Every measurement in the text, in its order; a line without a step has its line number from 0 as the step."""
    found = []
    for place, line in objects(text):
        step, time = _step(line, place), _time(line)
        found += [
            Measurement(name, value, step, time)
            for name, written in line.items()
            if name not in _ABOUT and (value := number(written)) is not None
        ]
    return found


def _step(line: dict[str, object], place: int) -> int:
    """The first of the step keys that holds a number."""
    return next((step for key in STEPS if key in line and (step := whole(line[key])) is not None), place)


def _time(line: dict[str, object]) -> float:
    """Unix seconds, of the first of the time keys that holds a number; else 0."""
    return next((time for key in TIMES if (time := seconds(line.get(key))) is not None), 0.0)
