"""One run: a method is asked and told as by a launch that keeps so many trials under way, on a clock of its own."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from heapq import heappop, heappush
from statistics import NormalDist

from benchmarks.search.methods.protocol import Method
from benchmarks.search.task import Task
from sweeper.model import Point
from sweeper.search.hashing import fraction, number

SPREAD = 0.5
"""Standard deviation of the logarithm of a trial's duration."""


@dataclass(frozen=True)
class Ended:
    """A trial, in the order of their ends."""

    number: int
    point: Point
    value: float | None


@dataclass(frozen=True)
class Run:
    """What came of it."""

    ended: tuple[Ended, ...]
    seconds: tuple[float, ...]
    """Of each suggestion: what the method took to be told of the ends since the last one, and to answer."""


def simulate(task: Task, method: Method, *, seed: int, batch: int, trials: int) -> Run:
    """Run all trials; the same arguments and the same answers give the same run."""
    ends: list[tuple[float, int]] = []
    points: list[Point] = []
    ended: list[Ended] = []
    seconds: list[float] = []
    now = 0.0
    told = 0.0
    while len(ended) < trials:
        while len(points) < trials and len(ends) < batch:
            begun = time.perf_counter()
            point = method.ask(len(points))
            seconds.append(told + time.perf_counter() - begun)
            told = 0.0
            heappush(ends, (now + duration(task.name, seed, len(points)), len(points)))
            points.append(point)
        now, which = heappop(ends)
        value = task.value(points[which], number("draw", task.name, seed, which))
        ended.append(Ended(which, points[which], value))
        begun = time.perf_counter()
        method.tell(which, value)
        told += time.perf_counter() - begun
    return Run(tuple(ended), tuple(seconds))


def duration(task: str, seed: int, trial: int) -> float:
    """How long a trial runs, the same for all methods: log-normal around 1."""
    return math.exp(SPREAD * NormalDist().inv_cdf(fraction("duration", task, seed, trial) or 0.5))


def scores(task: Task, run: Run, counts: tuple[int, ...]) -> list[float | None]:
    """After so many ends: the true value of the trial with the least value so far; None where none has one."""
    found: list[float | None] = []
    for count in counts:
        known = [one for one in run.ended[:count] if one.value is not None]
        best = min(known, key=lambda one: one.value or 0.0, default=None)
        found.append(task.value(best.point, None) if best else None)
    return found
