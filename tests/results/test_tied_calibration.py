"""How often the set that is announced as tied holds the truly best point: simulated, and as the docs have it."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from sweeper.results.tied import CONFIDENCE, tied

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "ranking.md"
SWEEPS = 1000

STEPS = [0.5 * at for at in range(20)]
NOISES = {
    "normal": lambda draw, shape: draw.normal(size=shape),
    "skewed": lambda draw, shape: draw.exponential(size=shape) - 1,
    "heavy tails": lambda draw, shape: draw.standard_t(3, size=shape) / math.sqrt(3),
}
CASES = {
    **{f"{points} equal": ([0.0] * points, [1.0] * points) for points in (2, 8, 30, 100)},
    "20 in steps of half a deviation": (STEPS, [1.0] * 20),
    "one better by a deviation, 9 equal": ([1.0, *[0.0] * 9], [1.0] * 10),
    "8 equal, the best 5 times as noisy": ([0.0] * 8, [5.0, *[1.0] * 7]),
    "8 equal, another 5 times as noisy": ([0.0] * 8, [1.0, 5.0, *[1.0] * 6]),
}
ROWS = [
    *[(case, "normal", runs) for case in list(CASES)[:3] for runs in (2, 3, 5, 10)],
    ("100 equal", "normal", 3),
    *[(case, "normal", runs) for case in list(CASES)[4:6] for runs in (3, 10)],
    *[(case, "normal", 3) for case in list(CASES)[6:]],
    *[("8 equal", noise, 3) for noise in ("skewed", "heavy tails")],
]


def simulated(case, noise, runs):
    """(how often the best point is in the set, how many points are in it on average), of so many sweeps.

    What a seed does to all points is drawn too, three times as large as the noise. Of equal points, the first is the
    best: no set could do better than hold each as often.
    """
    means, spreads = (np.array(values) for values in CASES[case])
    draw = np.random.default_rng([len(case), runs])
    best = str(int(np.argmax(means)))
    held = size = 0
    for _ in range(SWEEPS):
        shape = (len(means), runs)
        numbers = means[:, None] + draw.normal(0, 3, runs) + NOISES[noise](draw, shape) * spreads[:, None]
        found = tied([(str(p), str(s), float(numbers[p, s])) for p in range(shape[0]) for s in range(runs)], "maximize")
        held += best in found
        size += len(found)
    return held / SWEEPS, size / SWEEPS


def told():
    """(points, noise, runs) -> (percent, points) of the table in the docs."""
    found = re.findall(
        r"^\| ([^|]+) \| (\w[\w ]*) \| (\d+) \| (\d+\.\d) \| (\d+\.\d) \|$", PAGE.read_text(), re.MULTILINE
    )
    return {(case, noise, int(runs)): (float(held), float(size)) for case, noise, runs, held, size in found}


@pytest.mark.slow
@pytest.mark.parametrize(("case", "noise", "runs"), ROWS, ids=lambda value: str(value).replace(" ", "-"))
def test_the_set_holds_the_best_point_as_often_as_the_docs_say(case, noise, runs):
    held, size = simulated(case, noise, runs)
    percent, points = told()[case, noise, runs]
    chance = 100 * math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / SWEEPS)  # 0.7 of a percent
    assert held * 100 == pytest.approx(percent, abs=3 * chance)
    assert size == pytest.approx(points, abs=max(0.3, 0.05 * points))
    if "noisy" not in case:
        assert held * 100 >= 100 * CONFIDENCE - 2.5 * chance


def test_the_docs_have_a_row_for_each_case_and_no_other():
    assert set(told()) == set(ROWS)


if __name__ == "__main__":
    for row in ROWS:
        held, size = simulated(*row)
        sys.stdout.write(f"| {row[0]} | {row[1]} | {row[2]} | {100 * held:.1f} | {size:.1f} |\n")
        sys.stdout.flush()
