"""A quota of 60 creates a minute: how much of it is used, and how often the service has to say no.

An hour on a clock that is moved, with sweeper's own token bucket in front of the emulator's own meter, whose windows
are fixed, and of one whose windows slide; calls take 50 to 600 ms on their way, and the launcher looks twice a second.
The floor is no control at all: all that is left is sent whenever it looks. The peer holds each call back by a second
after the one before it. ``--real`` launches 150 trials against ``sweeper emulator start --quota=60/min`` instead, which
takes two and a half minutes. Prints one JSON line: the share of the quota that was used, and the most refusals in any
window.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks._cloud import CREATES, Books, Laptop, emulator
from sweeper.clock import FakeClock
from sweeper.emulator.quota import Meter, Quota
from sweeper.google.rate import TokenBucket

QUOTA = 60
WINDOW = 60.0
HOUR = 3600.0
LOOKS = 0.5
TRIALS = 150
Take = Callable[[float], float | None]
"""When a create arrives -> None, or the seconds after which it may come again."""


def fixed() -> Take:
    """The emulator's."""
    meter = Meter(Quota(QUOTA, WINDOW))
    return lambda now: meter.take("creates", now)


def sliding() -> Take:
    """The last minute counts."""
    taken: deque[float] = deque()

    def take(now: float) -> float | None:
        while taken and taken[0] <= now - WINDOW:
            taken.popleft()
        if len(taken) >= QUOTA:
            return taken[0] + WINDOW - now
        taken.append(now)
        return None

    return take


def by_bucket(clock: FakeClock) -> tuple[Callable[[], int], Callable[[float | None], None]]:
    """As sweeper does it: how many go now, and what it makes of a refusal."""
    bucket = TokenBucket(QUOTA, clock)
    return (lambda: sum(bucket.take() for _ in range(bucket.available()))), lambda after: bucket.learn(
        retry_after=after
    )


def one_a_second(clock: FakeClock) -> tuple[Callable[[], int], Callable[[float | None], None]]:
    """The plain way."""
    last = float("-inf")

    def go() -> int:
        nonlocal last
        if clock.now() < last + WINDOW / QUOTA:
            return 0
        last = clock.now()
        return 1

    return go, lambda after: None


def unheld(clock: FakeClock) -> tuple[Callable[[], int], Callable[[float | None], None]]:
    """Everything, whenever there is a look."""
    return (lambda: 32), lambda after: None


WAYS = {"sweeper": by_bucket, "peer_one_a_second": one_a_second, "floor_unheld": unheld}


def hour(way: Any, take: Take, *, seed: int) -> dict[str, float]:
    """One hour of one way in front of one service."""
    chance, clock = random.Random(seed), FakeClock(1_700_000_000.0 + 60 * random.Random(seed + 1).random())
    go, refused = way(clock)
    begin, accepted, no = clock.now(), 0, Counter[int]()
    under_way: list[tuple[float, float, bool, float]] = []
    while clock.now() < begin + HOUR:
        while under_way and under_way[0][0] <= clock.now():
            at, _, arrives, after = heapq.heappop(under_way)
            if not arrives:
                refused(after)
            elif (wait := take(at)) is None:
                accepted += 1
            else:
                no[int(at // WINDOW)] += 1
                heapq.heappush(under_way, (at + chance.uniform(0.05, 0.6), chance.random(), False, wait))
        for _ in range(go()):
            heapq.heappush(under_way, (clock.now() + chance.uniform(0.05, 0.6), chance.random(), True, 0.0))
        clock.move(LOOKS * chance.uniform(0.5, 1.0))
    return {
        "used": round(accepted / (QUOTA * HOUR / WINDOW), 3),
        "most_refused_in_a_window": max(no.values(), default=0),
    }


def real() -> dict[str, Any]:
    """150 trials, for real; used is counted over the two whole minutes that begin with the first create."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with emulator(folder / "server", f"--quota={QUOTA}/min", "--simulate=100000") as server:
            laptop = Laptop(folder, server.url)
            laptop.config("quota", "vertex", trials=TRIALS, rate=QUOTA)
            _, seconds = laptop.launch("quota", "vertex")
            rows = Books(server.url).rows(CREATES["vertex"])
    times = [row["time"] for row in rows if row["status"] == 200]
    no = Counter(int(row["time"] // WINDOW) for row in rows if row["status"] == 429)
    used = sum(at < times[0] + 2 * WINDOW for at in times) / (2 * QUOTA)
    return {
        "trials": len(times),
        "seconds": round(seconds, 1),
        "used": round(used, 3),
        "most_refused_in_a_window": max(no.values(), default=0),
    }


def main() -> None:
    """All ways in front of both services, or the real run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--real", action="store_true")
    line: dict[str, Any] = {"benchmark": "cloud_quota", "quota_per_minute": QUOTA}
    if options.parse_args().real:
        line |= {"real": real()}
    else:
        for kind, service in (("fixed", fixed), ("sliding", sliding)):
            line[kind] = {
                name: _worst([hour(way, service(), seed=seed) for seed in range(5)]) for name, way in WAYS.items()
            }
        line["ratio"] = min(line[kind]["sweeper"]["used"] for kind in ("fixed", "sliding"))
    print(json.dumps(line))


def _worst(hours: list[dict[str, float]]) -> dict[str, float]:
    most = "most_refused_in_a_window"
    return {"used": min(one["used"] for one in hours), most: max(one[most] for one in hours)}


if __name__ == "__main__":
    main()
