"""How fast a space is counted and a point found; prints one JSON line (times in microseconds or milliseconds)."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable

from sweeper.model import Choices, Parameter, Range, Space, Sweep, Trainer
from sweeper.search import make
from sweeper.space import Grid, point_id


def plain(axes: int, values: int) -> Space:
    """A grid without rules."""
    return Space(tuple(Parameter(f"parameter_{i}", Choices(tuple(range(values)))) for i in range(axes)))


def ruled() -> Space:
    """Four axes with a condition, an exclusion and a constraint."""
    return Space(
        (
            Parameter("batch_size", Choices((16, 32, 64, 128, 256))),
            Parameter("learning_rate", Range(1e-4, 1e-1, scale="log", num=7)),
            Parameter("optimizer", Choices(("sgd", "adam", "rmsprop"))),
            Parameter("momentum", Range(0, 0.99, num=12), when={"optimizer": ("sgd", "rmsprop")}),
        ),
        exclude=({"batch_size": (256,), "optimizer": ("sgd",)},),
        constraints=("batch_size * learning_rate <= 8",),
    )


def micros(act: Callable[[int], object], count: int, rounds: int = 20_000) -> float:
    """Microseconds per call, over numbers spread through the range; the best of three."""
    numbers = [i * 7919 % count for i in range(rounds)]
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        for number in numbers:
            act(number)
        best = min(best, time.perf_counter() - begun)
    return round(best / rounds * 1e6, 2)


def planned(space: Space) -> dict[str, float | int]:
    """What planning asks of a space: the count, the shapes, the first points. Milliseconds and peak kilobytes."""
    sweep = Sweep("bench", Trainer("trainer.task"), space)
    begun = time.perf_counter()
    search = make(sweep)
    shapes = sum(1 for _ in search.shapes())
    first = [search.propose(k) for k in range(10)]
    took = time.perf_counter() - begun
    tracemalloc.start()
    search = make(sweep)
    list(search.shapes())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "count": search.count,
        "shapes": shapes,
        "first": len(first),
        "ms": round(took * 1e3, 2),
        "peak_kb": peak // 1024,
    }


def main() -> None:
    """Measure and print."""
    grid, rules, large = Grid(plain(6, 10)), Grid(ruled()), Grid(plain(12, 10))
    shuffled = make(Sweep("bench", Trainer("trainer.task"), plain(6, 10), order="shuffled"))
    coarse = make(Sweep("bench", Trainer("trainer.task"), ruled(), order="coarse-to-fine"))
    point = grid.point(123_456)
    result = {
        "benchmark": "space",
        "point_us": micros(grid.point, grid.count),
        "point_10^12_us": micros(large.point, large.count),
        "point_with_rules_us": micros(rules.point, rules.count),
        "point_shuffled_us": micros(shuffled.propose, shuffled.count),
        "point_coarse_us": micros(coarse.propose, coarse.count),
        "index_us": micros(lambda _: grid.index(point), 1),
        "point_id_us": micros(lambda _: point_id(point), 1),
        "plan_10^6": planned(plain(6, 10)),
        "plan_10^12": planned(plain(12, 10)),
        "plan_rules": planned(ruled()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
