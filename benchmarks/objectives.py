"""How much of a Pareto front the searches for several objectives find: the volume that their points dominate.

The peers are points that fill the space, and Optuna's own loops with the samplers that ours are made of. Two tasks:
ZDT1 of Zitzler et al. (2000, Evolutionary Computation 8, 173-195) in six dimensions, and a made-up training whose
error falls with its size, with words and a conditional parameter. Two trials at a time. Prints one JSON line: for
each task and number of trials the mean volume over the seeds, and the seconds that a search of 96 trials took.
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sweeper.model import Choices, Metric, Parameter, Point, Range, Space, Sweep, Trainer  # noqa: E402
from sweeper.search import make  # noqa: E402
from sweeper.search.adaptive.coordinates import Coordinates  # noqa: E402
from sweeper.search.adaptive.parzen import distribution, outer  # noqa: E402
from sweeper.search.told import Told  # noqa: E402

Pair = tuple[float, float]
SEEDS, AT_ONCE = 6, 2
METRIC = Metric("first", "minimize", more=(Metric("second", "minimize"),))


def zdt1(point: Any) -> Pair:
    """Convex front, from (0, 1) to (1, 0)."""
    weight = 1 + 9 * sum(point[f"x{i}"] for i in range(1, 6)) / 5
    return point["x0"], weight * (1 - math.sqrt(point["x0"] / weight))


def training(point: Any) -> Pair:
    """(logarithm of the size, error)."""
    size = point["width"] * point["layers"]
    error = 0.1 + 0.2 * (math.log10(point["lr"]) + 2.5) ** 2 + 1 / math.sqrt(size)
    return math.log10(size), error + 0.1 * (point["optimizer"] == "sgd") + 0.1 * abs(point.get("momentum", 0.5) - 0.5)


TASKS: dict[str, tuple[Space, Callable[[Any], Pair], Pair]] = {
    "zdt1": (Space(tuple(Parameter(f"x{i}", Range(0.0, 1.0)) for i in range(6))), zdt1, (1.1, 4.0)),
    "training": (
        Space(
            (
                Parameter("lr", Range(1e-4, 1e-1, scale="log")),
                Parameter("width", Range(8, 512, scale="log", integer=True)),
                Parameter("layers", Range(1, 6, integer=True)),
                Parameter("optimizer", Choices(("sgd", "adam"))),
                Parameter("momentum", Range(0.0, 0.99), when={"optimizer": ("sgd",)}),
                Parameter("batch", Choices((16, 32, 64, 128))),
            )
        ),
        training,
        (4.0, 1.0),
    ),
}
"""Space, objectives, and the corner up to which volume counts."""


def ours(method: str, task: str, trials: int, seed: int) -> list[Pair]:
    """What a search of ours tries."""
    space, worth, _ = TASKS[task]
    metric = METRIC if method in ("tpe", "nsga") else Metric("first", "minimize")
    search = make(Sweep("s", Trainer("t"), space, method=method, trials=trials, seed=seed, metric=metric))
    points: list[Point] = []
    for k in range(trials):
        points.append(search.propose(k, [_told(i, one, worth, k) for i, one in enumerate(points)]))
    return [worth(point) for point in points]


def _told(number: int, point: Point, worth: Callable[[Any], Pair], now: int) -> Told:
    if number > now - AT_ONCE:
        return Told(number, point, "running")
    first, second = worth(point)
    return Told(number, point, "succeeded", first, (second,))


def optunas(method: str, task: str, trials: int, seed: int) -> list[Pair]:
    """What Optuna's own loop tries, as it is by default but for the number of its trials under way."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    sampler: Any = {"tpe": optuna.samplers.TPESampler, "nsga": optuna.samplers.NSGAIISampler}[method](seed=seed)
    study = optuna.create_study(directions=["minimize"] * 2, sampler=sampler)
    space, worth, _ = TASKS[task]
    coordinates = Coordinates(space)
    known = {str(i): distribution(one) for i, one in enumerate(coordinates.all)}
    found, running = [], []
    for _ in range(trials):
        asked = study.ask(known)
        point = coordinates.decode([outer(one, asked.params[str(i)]) for i, one in enumerate(coordinates.all)])
        found.append(worth(point))
        running.append((asked, found[-1]))
        if len(running) == AT_ONCE:
            study.tell(*running.pop(0))
    return found


def volume(pairs: Sequence[Pair], corner: Pair) -> float:
    """What the pairs dominate, up to the corner."""
    covered, best = 0.0, corner[1]
    for first, second in sorted(pair for pair in pairs if pair[0] < corner[0]):
        if second < best:
            covered += (corner[0] - first) * (best - second)
            best = second
    return covered


def main() -> None:
    """One line."""
    methods: dict[str, Callable[[str, int, int], list[Pair]]] = {
        **{name: lambda *how, name=name: ours(name, *how) for name in ("random", "sobol", "tpe", "nsga")},
        **{f"optuna-{name}": lambda *how, name=name: optunas(name, *how) for name in ("tpe", "nsga")},
    }
    found: dict[str, dict[str, float]] = {}
    took: dict[str, float] = {}
    for name, search in methods.items():
        for task, (_, _, corner) in TASKS.items():
            for trials in (48, 96):
                began = time.perf_counter()
                mean = sum(volume(search(task, trials, seed), corner) for seed in range(SEEDS)) / SEEDS
                found.setdefault(f"{task}-{trials}", {})[name] = round(mean, 3)
                took[name] = round((time.perf_counter() - began) / SEEDS, 2)
    print(json.dumps({"benchmark": "objectives", "volume": found, "seconds_of_96": took}))


if __name__ == "__main__":
    main()
