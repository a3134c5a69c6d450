"""What the driver adds around an adaptive search: a sweep whose search proposes at once, beside the same as a grid.

The floor is the grid, whose points are known beforehand; the peer is Optuna's own loop of ask and tell with a sampler
that proposes at once and its storage in memory. Sixteen jobs at a time, 1,000 trials. Prints one JSON line:
milliseconds a trial of each in the last tenth, and of ``method: auto`` the seconds a proposal at 50, 200 and 1,000
trials told.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.driver import Instant, passes  # noqa: E402
from sweeper.driver.work import Work  # noqa: E402
from sweeper.model import Choices, Parameter, Point, Range, Space, Sweep  # noqa: E402
from sweeper.model import Trainer as Program  # noqa: E402
from sweeper.search import make  # noqa: E402
from sweeper.search.protocol import Search  # noqa: E402
from sweeper.search.told import Told  # noqa: E402
from sweeper.search.trials import trial  # noqa: E402

TRIALS = 1000
SPACE = Space(
    (
        Parameter("lr", Range(1e-5, 1e-1, scale="log")),
        Parameter("decay", Range(1e-6, 1e-2, scale="log")),
        Parameter("width", Range(16, 1024, scale="log", integer=True)),
        Parameter("depth", Range(1, 6, integer=True)),
        Parameter("optimizer", Choices(("sgd", "adam"))),
        Parameter("momentum", Range(0.0, 0.99), when={"optimizer": ("sgd",)}),
    )
)


class Sixteen(Instant):
    """Sixteen jobs at a time."""

    def capacity(self) -> int:
        """Free places."""
        return 16 - len(self._live)


class AtOnce:
    """Proposes by the number alone, in no time."""

    exact = adapts = True

    def __init__(self, drawn: Search) -> None:
        self.count, self.contains, self.shapes = drawn.count, drawn.contains, drawn.shapes
        self._drawn = drawn

    def propose(self, k: int, told: Sequence[Told] = ()) -> Point:
        """Random point k."""
        return self._drawn.propose(k)


def driven(*, adaptive: bool) -> float:
    """Milliseconds a trial, the median of the last tenth of the passes."""
    sweep = Sweep("flat", Program("trainer.task"), SPACE, method="random", trials=TRIALS)
    drawn = make(sweep)
    search = AtOnce(drawn) if adaptive else None
    work = Work(
        sweep, "flat-1", TRIALS, TRIALS, lambda n: trial(drawn, sweep, n), lambda one: ("--lr=0.1",), search=search
    )
    took = passes(work, Sixteen())
    return _median(took[-len(took) // 10 :]) / 1e3


def optuna() -> float:
    """The same of Optuna's study in memory with its random sampler."""
    import optuna as library

    library.logging.set_verbosity(library.logging.ERROR)
    study = library.create_study(sampler=library.samplers.RandomSampler(seed=0))
    took: list[float] = []
    for _ in range(TRIALS // 16):
        began = time.perf_counter()
        asked = [study.ask() for _ in range(16)]
        for one in asked:
            one.suggest_float("lr", 1e-5, 1e-1, log=True)
            one.suggest_float("decay", 1e-6, 1e-2, log=True)
            one.suggest_int("width", 16, 1024, log=True)
            one.suggest_int("depth", 1, 6)
            if one.suggest_categorical("optimizer", ["sgd", "adam"]) == "sgd":
                one.suggest_float("momentum", 0.0, 0.99)
        for one in asked:
            study.tell(one, 0.5)
        took.append((time.perf_counter() - began) / 16 * 1e3)
    return _median(took[-len(took) // 10 :])


def proposal(told: int) -> float:
    """Seconds of the slower of the two models of ``method: auto``."""
    drawn = make(Sweep("s", Program("t"), SPACE, method="random", trials=told))
    points = [drawn.propose(k) for k in range(told)]
    known = [Told(k, point, "succeeded", _worth(point)) for k, point in enumerate(points)]
    search = make(Sweep("s", Program("t"), SPACE, method="auto", trials=told + 10))
    return max(_timed(lambda k=k: search.propose(k, known)) for k in range(told, told + 4))  # type: ignore[misc]


def _worth(point: Point) -> float:
    rate, depth = point["lr"], point["depth"]
    assert isinstance(rate, float)
    assert isinstance(depth, int)
    return -((math.log10(rate) + 3) ** 2) - 0.1 * (depth - 3) ** 2


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> None:
    """One line."""
    grid, adaptive, peer = driven(adaptive=False), driven(adaptive=True), optuna()
    proposal(20)  # imports
    print(
        json.dumps(
            {
                "benchmark": "adaptive",
                "grid_ms": round(grid, 3),
                "adaptive_ms": round(adaptive, 3),
                "added_ms": round(adaptive - grid, 3),
                "optuna_ms": round(peer, 3),
                "ratio": round(adaptive / peer, 2),
                "auto_s": {str(n): round(proposal(n), 2) for n in (50, 200, 1000)},
            }
        )
    )


if __name__ == "__main__":
    main()
