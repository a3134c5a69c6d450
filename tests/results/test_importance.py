"""How much of the metric each parameter explains: held against known truth and numbers worked out by hand."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from itertools import product

import pytest

from sweeper.results.importance.anova import ALONE, LITTLE
from sweeper.results.importance.effects import said
from sweeper.results.importance.groups import by_groups
from sweeper.results.importance.measure import NO_LIBRARY, NO_PAIRS, SETTLED, WHILE_IT_RUNS, importance
from sweeper.results.report.axes import axes


def rows(points, f, *, noise=0.0, seed=0, std=None, n=1):
    """Rows as ``top`` gives them, of a function of the points' values."""
    rng = random.Random(seed)
    return [
        {"rank": 1, "metric": f(*point.values()) + rng.gauss(0, noise), "params": point, "std": std, "n": n}
        for point in points
    ]


def grid(**levels):
    return [dict(zip(levels, values, strict=True)) for values in product(*levels.values())]


def drawn(many, *, low=0.0, high=1.0, names="abc", seed=1):
    rng = random.Random(seed)
    return [{name: rng.uniform(low, high) for name in names} for _ in range(many)]


def shares(found):
    return {" ".join(one.parameters): one.share for one in found.effects}


def ishigami(a, b, c):
    return math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)


ISHIGAMI = {"a": 0.3139, "b": 0.4424, "c": 0.0, "a b": 0.0, "a c": 0.2437, "b c": 0.0}
"""Its Sobol indices; T. Ishigami, T. Homma, "An importance quantification technique in uncertainty analysis", 1990."""


def test_a_fine_grid_has_the_sobol_indices_of_the_function_pairs_too():
    middles = [math.pi * (2 * (at + 0.5) / 20 - 1) for at in range(20)]
    found = importance(rows(grid(a=middles, b=middles, c=middles), ishigami))
    assert found.method == "anova"
    assert shares(found) == pytest.approx(ISHIGAMI, abs=0.01)
    assert {one.parameters: found.sure(one) for one in found.effects} == {
        tuple(name.split()): share > 0 for name, share in ISHIGAMI.items()
    }


def test_a_sum_of_effects_has_no_pairs():
    found = importance(rows(grid(a=[0, 1, 2], b=[0, 1, 2], c=[0, 1]), lambda a, b, c: 3 * a + 2 * b + c))
    squares = {"a": 9 * 2 / 3, "b": 4 * 2 / 3, "c": 0.25}
    assert shares(found) == pytest.approx(
        {**{name: one / sum(squares.values()) for name, one in squares.items()}, "a b": 0, "a c": 0, "b c": 0}
    )
    assert found.rest == pytest.approx(0, abs=1e-9)


def test_what_only_shows_together_is_all_of_exclusive_or():
    found = importance(rows(grid(a=["x", "y"], b=[True, False]), lambda a, b: float((a == "x") != b)))
    assert shares(found) == {"a b": 1.0, "a": 0.0, "b": 0.0}
    assert [found.sure(one) for one in found.effects] == [None, None, None]
    assert found.notes == (ALONE,)


def test_repeats_tell_effects_from_noise():
    found = importance(rows(grid(a=[0, 1], b=[0, 1]), lambda a, b: float(a != b), std=0.1, n=3))
    assert {" ".join(one.parameters): found.sure(one) for one in found.effects} == {"a b": True, "a": False, "b": False}
    assert found.notes == ()
    found = importance(rows(grid(a=[0, 1], b=[0, 1]), lambda a, b: float(a != b), std=5.0, n=3))
    assert not any(map(found.sure, found.effects))


def test_a_table_worked_out_by_hand():
    # Means of rows 2, 6; of columns 3, 4, 5; the grand mean is 4.
    numbers = {(0, 0): 1.0, (0, 1): 2.0, (0, 2): 3.0, (1, 0): 5.0, (1, 1): 6.0, (1, 2): 7.0}
    seen = rows(grid(a=[0, 1], b=[0, 1, 2], c=["u", "v"]), lambda a, b, c: numbers[a, b] + (0.5 if c == "u" else -0.5))
    found = importance(seen)
    # Twice the six cells: a 2*3*2*(2^2) = 48, b 2*2*(1 + 0 + 1) = 8, c 12 * 0.25 = 3; nothing is left.
    assert shares(found) == pytest.approx({"a": 48 / 59, "b": 8 / 59, "c": 3 / 59, "a b": 0, "a c": 0, "b c": 0})


def test_the_chance_of_an_effect_is_that_of_fishers_f():
    stats = pytest.importorskip("scipy.stats")
    seen = rows(grid(a=[0, 1, 2], b=range(10)), lambda a, b: a * 0.5, noise=1.0)
    for row in seen:
        row["params"].pop("b")
    found = importance([{**row, "params": {**row["params"], "same": 1}} for row in seen])
    by_level = [[row["metric"] for row in seen if row["params"]["a"] == level] for level in (0, 1, 2)]
    assert found.method == "anova"
    assert found.effects[0].p == pytest.approx(stats.f_oneway(*by_level).pvalue)


def test_noise_is_told_to_be_noise_about_as_often_as_promised():
    loud = 0
    for seed in range(200):
        found = importance(rows(grid(a=[0, 1, 2], b=[0, 1, 2], c=[0, 1, 2]), lambda *_: 0.0, noise=1.0, seed=seed))
        loud += any(map(found.sure, found.effects))
    assert loud <= 20  # 10 are promised at most; 19 are more than chance makes of them


def test_a_small_grid_says_how_little_it_tells():
    found = importance(rows(grid(a=[0, 1], b=[0, 1], c=[0, 1]), lambda a, b, c: a, noise=0.1))
    assert found.notes == (LITTLE,)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("f", "wanted", "low", "high"),
    [
        (ishigami, ISHIGAMI, -math.pi, math.pi),
        (lambda a, b, c: 4 * a + 2 * b + c, {"a": 16 / 21, "b": 4 / 21, "c": 1 / 21}, 0, 1),
    ],
)
def test_a_forest_comes_near_the_sobol_indices_of_single_parameters(f, wanted, low, high):
    pytest.importorskip("optuna")
    found = importance(rows(drawn(250, low=low, high=high), f))
    assert found.method == "fanova"
    # what the forest cannot place, it takes for effects of several
    assert shares(found) == pytest.approx({name: wanted[name] for name in "abc"}, abs=0.2)
    assert found.together == ()
    assert found.rest is None
    assert found.notes == (NO_PAIRS,)


def test_a_forest_finds_something_in_noise_and_the_chance_says_so():
    pytest.importorskip("optuna")
    found = importance(rows(drawn(40, seed=3), lambda *_: 0.0, noise=1.0))
    assert max(shares(found).values()) > 0.1
    assert [found.sure(one) for one in found.effects] == [False] * 3
    assert "Faint bars may be noise" in said(found)


def test_a_logarithmic_parameter_counts_by_its_logarithm_and_the_same_trials_tell_the_same():
    pytest.importorskip("optuna")
    rng = random.Random(0)
    points = [{"lr": 10 ** rng.uniform(-5, 0), "other": rng.random()} for _ in range(40)]
    seen = rows(points, lambda lr, other: (math.log10(lr) + 2.5) ** 2)
    found = importance(seen)
    assert shares(found)["lr"] > 0.8
    assert found == importance(seen)


def test_few_trials_searches_and_gaps_are_said():
    pytest.importorskip("optuna")
    points = [*drawn(8), {"a": 0.5, "b": 0.5}]
    found = importance(rows(points, lambda *values: values[0]), method="auto")
    assert found.notes == (
        "9 trials are few for 3 parameters: trust no more than the order",
        "not in every trial, and left out: c",
        NO_PAIRS,
        SETTLED,
    )


def test_whoever_cannot_wait_gets_groups_while_trials_run():
    seen = [{**row, "state": "succeeded"} for row in rows(drawn(30), lambda a, b, c: a)]
    running = {**seen[0], "state": "running", "rank": None, "metric": None}
    found = importance([*seen, running], wait=False)
    assert (found.method, found.notes[0]) == ("groups", WHILE_IT_RUNS)
    assert importance(seen, wait=False).method == importance([*seen, running]).method


def test_a_grid_with_a_hole_is_none():
    assert importance(rows(grid(a=[0, 1, 2], b=[0, 1, 2])[:-1], lambda a, b: a + b)).method != "anova"


@pytest.mark.parametrize("points", [[], [{"a": 1}], [{"a": 1}, {"a": 2}], [{"a": 1}] * 5])
def test_nothing_is_told_where_nothing_can_be(points):
    assert importance(rows(points, lambda a: a)).effects == ()


def test_equal_numbers_and_very_large_ones():
    assert importance(rows(grid(a=[0, 1], b=[0, 1]), lambda a, b: 5.0)).effects == ()
    assert shares(importance(rows(grid(a=[0, 1], b=[0, 1]), lambda a, b: 1e300 * a)))["a"] == 1.0


def test_groups_find_what_decides_the_metric_and_take_off_what_noise_explains():
    rng = random.Random(0)
    points = [{"x": rng.random(), "k": rng.choice("abc"), "noise": rng.random()} for _ in range(400)]
    found = shares(
        by_groups(axes(points)[0], [math.sin(3 * p["x"]) + (p["k"] == "a") * 0.2 + rng.gauss(0, 0.02) for p in points])
    )
    assert found["x"] > 0.7
    assert 0.03 < found["k"] < 0.3
    assert found["noise"] < 0.03
    some = [
        by_groups(axes([{"x": rng.random()} for _ in range(40)])[0], [rng.random() for _ in range(40)])
        for _ in range(100)
    ]
    assert sum(one.effects[0].share for one in some) / 100 < 0.08  # 0.18 if it were not taken off: 7 of 39


def test_without_the_libraries_groups_tell_and_a_note_says_what_to_install():
    code = (
        "import sys; sys.modules['optuna'] = sys.modules['scipy'] = sys.modules['scipy.special'] = None\n"
        "from sweeper.results.importance.measure import importance\n"
        "points = [{'a': n * 0.1, 'b': n * 7 % 11} for n in range(30)]\n"
        "rows = [{'rank': 1, 'metric': p['a'], 'params': p, 'std': None, 'n': 1} for p in points]\n"
        "found = importance(rows); print(found.method, found.effects[0].parameters, found.effects[0].p, *found.notes)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"groups ('a',) None {NO_LIBRARY} {NO_PAIRS}\n"
