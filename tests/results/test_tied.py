"""Who is tied with the best: a known truth is in the set about as often as promised."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from sweeper.model import Metric, State
from sweeper.results.tied import CONFIDENCE, tied
from sweeper.results.top import top
from sweeper.results.verdict import NO_LIBRARY, TOO_FEW, luck, mark

UP, DOWN = Metric(), Metric(name="loss", goal="minimize")
SWEEPS = 400


def runs(table):
    """A row of numbers a point, a column a seed; None where a run is missing."""
    return [
        (str(point), str(seed), float(value))
        for point, row in enumerate(table)
        for seed, value in enumerate(row)
        if value is not None
    ]


def simulated(means, spreads, *, seeds, goal="maximize"):
    """How often the best point is in the set, and how many points are on average, in sweeps of made-up runs."""
    draw = np.random.default_rng(7)
    held = size = 0
    best = str(int(np.argmax(means)))
    sign = 1 if goal == "maximize" else -1
    for _ in range(SWEEPS):
        noise = draw.normal(size=(len(means), seeds)) * np.reshape(spreads, (-1, 1))
        numbers = sign * (np.reshape(means, (-1, 1)) + draw.normal(0, 3, seeds) + noise)
        found = tied(runs(numbers), goal)
        held += best in found
        size += len(found)
    return held / SWEEPS, size / SWEEPS


@pytest.mark.parametrize(
    ("means", "seeds"),
    [
        ([0.0] * 2, 3),
        ([0.0] * 8, 2),
        ([0.0] * 8, 5),
        ([0.0] * 30, 3),
        ([0.0, 0.0, *[-20.0] * 20], 3),  # two that are left after many have gone
        ([0.0, *[-0.5] * 5], 3),
    ],
)
@pytest.mark.parametrize("goal", ["maximize", "minimize"])
def test_the_set_holds_the_best_point_about_as_often_as_it_says(means, seeds, goal):
    held, _ = simulated(means, [1.0] * len(means), seeds=seeds, goal=goal)
    assert held >= CONFIDENCE - 2.5 * math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / SWEEPS)


def test_a_best_point_that_is_much_noisier_than_the_others_is_rarely_lost():
    held, _ = simulated([0.0] * 8, [5.0, *[1.0] * 7], seeds=3)
    assert held >= 0.88


def test_the_set_is_small_where_the_points_differ():
    _, size = simulated(np.linspace(0, 10, 20), [1.0] * 20, seeds=3)
    assert size < 6


def test_noisy_losers_do_not_hide_that_the_best_is_better():
    _, size = simulated([0.0, -10.0, *[-60.0] * 10], [1.0, 1.0, *[15.0] * 10], seeds=3)
    assert size < 2


def test_runs_are_paired_by_their_seeds():
    table = [[0.10, 0.50, 0.90], [0.11, 0.52, 0.91], [0.08, 0.49, 0.88]]
    assert tied(runs(table), "maximize") == {"1"}
    apart = [(point, f"{point}-{seed}", value) for point, seed, value in runs(table)]
    assert tied(apart, "maximize") == {"0", "1", "2"}


def test_a_missing_run_does_not_make_its_point_better_or_worse():
    # Point 1 is the better one with every seed, and lacks the seed that is good for all.
    table = [[0.1, 0.2, 0.9], [0.3, 0.4, None], [0.0, 0.1, 0.8]]
    assert tied(runs(table), "maximize") == {"1"}


def test_two_equal_differences_of_a_step_are_no_proof_that_there_is_no_chance():
    assert tied(runs([[0.94, 0.92], [0.95, 0.93]]), "maximize") == {"0", "1"}
    assert tied(runs([[0.94, 0.92] * 5, [0.95, 0.93] * 5]), "maximize") == {"1"}


@pytest.mark.parametrize("table", [[], [[0.5]], [[0.5], [0.6]], [[0.5, None], [None, 0.6]]])
def test_without_a_second_run_nothing_can_be_told(table):
    assert tied(runs(table), "maximize") is None


def test_numbers_of_any_size_are_told_apart_and_equal_ones_are_tied():
    assert tied(runs([[1e308, 1.1e308], [-1e308, -0.9e308]]), "maximize") == {"0"}
    assert tied(runs([[5e-324] * 5, [0.0] * 5]), "minimize") == {"1"}
    assert tied(runs([[0.0, 0.0]] * 3), "maximize") == {"0", "1", "2"}


def point(name, values):
    return [
        {"id": f"{name}-{seed}", "point": name, "seed": seed, "params": {"x": name}}
        | ({"state": State.FAILED} if value is None else {"metric": value})
        for seed, value in enumerate(values)
    ]


def marked(ledger, sweep, metric=UP, n=None):
    rows = top(ledger, sweep, metric=metric, repeats=3, n=n)
    line = mark(ledger, sweep, rows, metric)
    return {row["point"]: row["tied"] for row in rows}, line


def test_rows_are_marked_and_a_line_says_how_many(ledger, fresh):
    sweep = fresh(
        [
            *point("a", [0.91, 0.93, 0.92]),
            *point("b", [0.92, 0.93, 0.91]),
            *point("c", [0.1, 0.12, 0.11]),
            *point("d", [None, None, None]),
        ]
    )
    line = "tied with the best: 2 of 3 points, with 95% confidence; `sweeper confirm` runs them again"
    assert marked(ledger, sweep) == ({"a": True, "b": True, "c": False, "d": None}, line)
    assert marked(ledger, sweep, n=1) == ({"a": True}, line), "what is not shown counts too"
    assert marked(ledger, sweep, DOWN)[0]["c"] is True


def test_the_first_row_is_always_tied_with_itself(ledger, fresh):
    sweep = fresh([*point("a", [None, None, 0.9]), *point("b", [0.3, 0.4, 1.1]), *point("c", [0.0, 0.1, 0.8])])
    assert marked(ledger, sweep)[0]["a"] is True


def test_too_few_runs_and_one_point_say_so_or_nothing(ledger, fresh):
    sweep = fresh([*point("a", [0.5]), *point("b", [0.6])])
    assert marked(ledger, sweep) == ({"b": None, "a": None}, TOO_FEW)
    assert marked(ledger, fresh(point("a", [0.5, 0.6]))) == ({"a": None}, "")


def test_one_run_each_may_be_luck():
    assert "luck" in luck([{"rank": 1}], 8)
    assert luck([{"rank": 1}], 1) == luck([{"rank": None}], 8) == luck([], 8) == ""


def test_without_scipy_the_ranking_stands_and_a_note_says_what_is_missing(tmp_path):
    from sweeper.ledger import SweepRow, TrialRow, open_ledger

    with open_ledger(tmp_path) as opened:
        opened.add_sweep(SweepRow("s-1", "s", 1.0, settings={"repeats": 2}, total=4))
        opened.put_trials(
            TrialRow("s-1", f"{name}-{seed}", seed, name, seed=seed, metric=0.5, state=State.SUCCEEDED)
            for name in "ab"
            for seed in (0, 1)
        )
    code = (
        "import sys\nsys.modules['scipy'] = sys.modules['scipy.special'] = None\nfrom sweeper.cli import main\n"
        f"sys.exit(main(['results', '--home={tmp_path}', *sys.argv[1:]]))"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.endswith(f"\n\n{NO_LIBRARY}\n")
    assert said.stderr == ""
    said = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert '"tied": null' in said.stdout
    assert said.stderr == f"note: {NO_LIBRARY}\n"
