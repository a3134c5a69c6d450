"""What regret is measured by: each task's median over random points, and the best that a long search finds."""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from benchmarks.search.task import Task, holds
from benchmarks.search.tasks import makers
from sweeper.model import Choices, Parameter, Point, Range, Value
from sweeper.space.values import at

REFERENCES = Path(__file__).parent / "references.json"
NARROWER = (0.3, 0.1, 0.03, 0.01)
"""How far the local search steps, as a part of a range, one after the other."""


def calibrate(names: list[str], path: Path = REFERENCES) -> None:
    """Write the references of the tasks that have none yet."""
    known = references(path)
    for name, make in makers().items():
        if name not in known and (not names or name in names):
            known[name] = _reference(make(), 400 if name.startswith("live-") else 1000)
            path.write_text(json.dumps(known, indent=1) + "\n")
            print(name, known[name], file=sys.stderr, flush=True)


def references(path: Path = REFERENCES) -> dict[str, dict[str, float]]:
    """Task -> ``best`` and ``median``, true values."""
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def _reference(task: Task, count: int) -> dict[str, float]:
    chance = Random(task.name)
    found = [(value, point) for point in _drawn(task, chance, count) if (value := task.value(point, None)) is not None]
    median = statistics.median([value for value, _ in found])
    found.sort(key=lambda pair: pair[0])
    best = min(value for value, _ in (_descended(task, chance, pair, count) for pair in found[:4]))
    return {"best": best if task.best is None else task.best, "median": median}


def _descended(task: Task, chance: Random, start: tuple[float, Point], count: int) -> tuple[float, Point]:
    """From a point on, one or two parameters at a time, in ever smaller steps."""
    best, point = start
    for width in NARROWER if task.best is None else ():
        for _ in range(count // 8):
            other = _near(task, chance, point, width)
            value = task.value(other, None)
            if value is not None and value < best:
                best, point = value, other
    return best, point


def _drawn(task: Task, chance: Random, count: int) -> Iterator[Point]:
    for _ in range(count):
        yield _made(task, {}, lambda parameter: _anywhere(parameter, chance))


def _near(task: Task, chance: Random, point: Point, width: float) -> Point:
    changed = chance.sample([p.name for p in task.space.parameters if p.name in point], k=min(2, len(point)))
    kept = {name: value for name, value in point.items() if name not in changed}
    return _made(task, kept, lambda parameter: _nearby(parameter, chance, point.get(parameter.name), width))


def _made(task: Task, kept: Point, value: Callable[[Parameter], Value]) -> Point:
    point: dict[str, Value] = {}
    for parameter in task.space.parameters:
        if holds(parameter, point):
            point[parameter.name] = kept[parameter.name] if parameter.name in kept else value(parameter)
    return point


def _anywhere(parameter: Parameter, chance: Random) -> Value:
    if isinstance(parameter.domain, Choices):
        return chance.choice(parameter.domain.values)
    return at(parameter.domain, chance.random())


def _nearby(parameter: Parameter, chance: Random, value: Value, width: float) -> Value:
    domain = parameter.domain
    if isinstance(domain, Choices) or value is None:
        return _anywhere(parameter, chance)
    fraction = _fraction(domain, value) + chance.gauss(0, width)
    return at(domain, min(max(fraction, 0.0), 1 - 1e-12))


def _fraction(domain: Range, value: Value) -> float:
    number = float(value)  # type: ignore[arg-type]
    if domain.scale == "log":
        return math.log(number / domain.min) / math.log(domain.max / domain.min)
    return (number - domain.min) / (domain.max - domain.min)
