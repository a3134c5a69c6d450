"""Black-box functions of the BBOB suite, continuous and with whole numbers of several cardinalities, by ``ioh``.

BBOB: N. Hansen et al., COCO, Optimization Methods and Software 36 (2021). Instances shift and rotate the functions. The
mixed ones are cut as in bbob-mixint (T. Tusar et al., GECCO 2019): the dimensions go in turn through 2, 4, 8 and 16
levels and none, the levels are equally far apart over [-5, 5] and moved so that one of them has the best value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.search.task import Task, real, whole
from sweeper.model import Parameter, Space

CONTINUOUS = (
    ("bbob-rastrigin-4", 3, 4, 2),
    ("bbob-step-ellipsoid-3", 7, 3, 1),
    ("bbob-rosenbrock-5", 8, 5, 3),
    ("bbob-sharp-ridge-6", 13, 6, 2),
    ("bbob-different-powers-8", 14, 8, 4),
    ("bbob-schaffers-4", 17, 4, 5),
    ("bbob-gallagher-2", 21, 2, 3),
)
"""Name, BBOB's number of the function, dimensions, instance: two or one of each group of the suite."""

MIXED = (
    ("mixint-sphere-6", 1, (2, 4, 8, 16, 0, 0), 4),
    ("mixint-ellipsoid-5", 10, (2, 4, 8, 16, 0), 1),
    ("mixint-rastrigin-8", 15, (2, 4, 8, 16, 0, 2, 8, 0), 2),
    ("mixint-gallagher-4", 22, (4, 16, 0, 0), 6),
)
"""Name, BBOB's number of the function, levels of each dimension (0: continuous), instance."""


def tasks() -> dict[str, Callable[[], Task]]:
    """What makes each task, by its name."""
    found: dict[str, Callable[[], Task]] = {}
    for name, function, dimensions, instance in CONTINUOUS:
        found[name] = partial(_task, name, function, (0,) * dimensions, instance)
    for name, function, levels, instance in MIXED:
        found[name] = partial(_task, name, function, levels, instance)
    return found


def _task(name: str, function: int, levels: tuple[int, ...], instance: int) -> Task:
    import ioh

    problem = ioh.get_problem(function, instance, len(levels), ioh.ProblemClass.BBOB)
    optimum = [float(x) for x in problem.optimum.x]
    scales = [_scale(*pair) for pair in zip(levels, optimum, strict=True)]

    def value(point: Mapping[str, Any], draw: int | None) -> float:
        return float(problem([scale(point[f"x{i}"]) for i, scale in enumerate(scales)]))

    space = Space(tuple(_parameter(f"x{i}", count) for i, count in enumerate(levels)))
    return Task(name, space, value, best=float(problem.optimum.y))


def _parameter(name: str, levels: int) -> Parameter:
    return whole(name, 0, levels - 1) if levels else real(name, -5.0, 5.0)


def _scale(levels: int, optimum: float) -> Callable[[float], float]:
    if not levels:
        return lambda x: x
    step = 10 / levels
    nearest = min(max(round((optimum + 5) / step - 0.5), 0), levels - 1)
    return lambda level: optimum + (level - nearest) * step
