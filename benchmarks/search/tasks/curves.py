"""Made-up trainings: the loss at the end of a learning curve, as one formula for each task, with noise.

A value takes microseconds. Noise is drawn by the number of the draw, the same in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from statistics import NormalDist
from typing import Any

from benchmarks.search.task import Task
from benchmarks.search.tasks import trainings
from sweeper.model import Space
from sweeper.search.hashing import fraction


def tasks() -> dict[str, Callable[[], Task]]:
    """What makes each task, by its name."""
    surfaces = {
        "curve-momentum": (trainings.MOMENTUM, trainings.momentum),
        "curve-optimizers": (trainings.OPTIMIZERS, trainings.optimizers),
        "curve-transformer": (trainings.TRANSFORMER, trainings.transformer),
        "curve-plateau": (trainings.PLATEAU, trainings.plateau),
        "curve-boosting": (trainings.BOOSTING, trainings.boosting),
    }
    return {name: partial(_task, name, Space(space), surface) for name, (space, surface) in surfaces.items()}


def _task(name: str, space: Space, surface: trainings.Surface) -> Task:
    def value(point: Mapping[str, Any], draw: int | None) -> float | None:
        found = surface(point)
        if found is None or draw is None:
            return found[0] if found else None
        return found[0] + found[1] * NormalDist().inv_cdf(fraction("noise", name, draw) or 0.5)

    return Task(name, space, value)
