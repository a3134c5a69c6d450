"""A race of contenders: who is out, when it is over, and how often the truly best one wins."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweeper.results.race import race
from sweeper.results.tied import CONFIDENCE

RACES = 250


def ended(table):
    """A row of numbers a point, a column a round."""
    return {(str(p), r): value for p, row in enumerate(table) for r, value in enumerate(row)}


def names(table):
    return [str(p) for p in range(len(table))]


def standing(table, rounds=5, goal="maximize"):
    return race(names(table), ended(table), goal, rounds=rounds)


def test_nothing_is_told_after_one_round():
    found = standing([[1.0], [9.0]])
    assert (found.left, found.rounds, found.over) == (("0", "1"), 1, False)


def test_a_round_counts_once_all_that_are_left_have_ended():
    assert standing([[1.0, 1.1, 1.2], [1.3, 0.9]]).rounds == 2


def test_whoever_is_surely_not_the_best_is_out_and_need_not_run_again():
    table = [[0.90, 0.92, 0.91, 0.93], [0.91, 0.90, 0.93, 0.92], [0.1, 0.12, 0.11]]
    found = standing(table)
    assert found.out == {"2": 3}
    assert (found.left, found.rounds, found.over) == (("0", "1"), 4, False)


@pytest.mark.parametrize(("goal", "winner"), [("maximize", "1"), ("minimize", "0")])
def test_it_is_over_when_one_is_left(goal, winner):
    found = standing([[1.0, 2.0, 3.0], [5.0, 6.01, 7.0]], goal=goal)
    assert (found.winner, found.over, found.rounds) == (winner, True, 3)


def test_it_is_over_when_the_rounds_are_used_up_and_the_rest_is_tied():
    found = standing([[1.0, 2.0], [1.5, 1.4]], rounds=2)
    assert (found.left, found.over, found.winner) == (("0", "1"), True, None)


def test_more_rounds_go_on_with_one_that_is_over():
    found = standing([[1.0, 2.0], [1.5, 1.4]], rounds=4)
    assert (found.left, found.over, found.rounds) == (("0", "1"), False, 2)


def test_the_same_number_each_time_says_nothing():
    found = standing([[1.0] * 3, [2.0] * 3])
    assert (found.over, found.same, found.winner) == (True, True, None)


def test_equal_points_whose_numbers_vary_are_tied():
    found = standing([[1.0, 2.0], [1.0, 2.0]], rounds=2)
    assert (found.same, found.left) == (False, ("0", "1"))


def test_a_run_without_a_number_ends_its_round_and_one_without_any_is_out():
    found = standing([[1.0, 2.0, 3.0], [0.5, 1.501, 2.6], [None, None, None]])
    assert found.out["2"] == 3
    assert standing([[None] * 3] * 2, rounds=3).left == ("0", "1")


def test_two_rounds_with_equal_differences_put_nobody_out():
    found = standing([[0.94, 0.92], [0.98, 0.96]])
    assert (found.left, found.rounds, found.over) == (("0", "1"), 2, False)


def test_three_equal_differences_of_a_step_do_not_either():
    assert standing([[0.94, 0.92, 0.93], [0.95, 0.93, 0.94]]).out == {}


def simulated(means, *, rounds, seeds=3.0, spread=1.0, goal="maximize", step=0.0):
    """(how often the best is lost, how often it is the winner, mean number of runs) of races with made-up noise."""
    draw = np.random.default_rng(11)
    best, sign = int(np.argmax(means)), 1 if goal == "maximize" else -1
    lost = won = runs = 0
    for _ in range(RACES):
        noise = draw.normal(0, spread, (len(means), rounds)) + draw.normal(0, seeds, rounds)
        numbers = sign * (np.reshape(means, (-1, 1)) + noise)
        found = standing((np.round(numbers / step) * step if step else numbers).tolist(), rounds, goal)
        lost += str(best) in found.out
        won += found.winner == str(best)
        runs += sum(found.out.values()) + len(found.left) * found.rounds
    return lost / RACES, won / RACES, runs / RACES


@pytest.mark.parametrize(
    ("means", "rounds"),
    [
        ([0.0] * 2, 5),
        ([0.0] * 5, 5),
        pytest.param([0.0] * 5, 20, marks=pytest.mark.slow),  # many looks
        ([0.0] * 2, 12),
        ([0.0, 0.0, -20.0, -20.0, -20.0], 5),
        ([0.2, 0.0, 0.0, -1.0, -2.0], 10),
    ],
)
@pytest.mark.parametrize("goal", ["maximize", "minimize"])
def test_the_truly_best_is_lost_no_more_often_than_stated_however_often_one_looks(means, rounds, goal):
    lost, _, _ = simulated(means, rounds=rounds, goal=goal)
    assert lost <= 1 - CONFIDENCE + 2.5 * math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / RACES)


@pytest.mark.parametrize("step", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("points", "rounds"), [(2, 5), (2, 12), (5, 5)])
def test_a_metric_with_few_values_does_not_put_out_equals_more_often_than_stated(step, points, rounds):
    lost, _, _ = simulated([0.0] * points, rounds=rounds, step=step)
    assert lost <= 1 - CONFIDENCE + 1 / RACES


def test_a_best_that_is_clearly_better_wins_with_few_runs():
    lost, won, runs = simulated([5.0, 0.0, 0.0, 0.0, 0.0], rounds=5)
    assert (lost, won) == (0.0, pytest.approx(1.0, abs=0.02))
    assert runs < 20  # of 25


def test_the_number_by_which_a_point_was_chosen_promises_more_than_it_keeps_and_new_runs_do_not():
    draw = np.random.default_rng(3)
    chosen, new = [], []
    for _ in range(100):
        truth = draw.normal(0, 0.5, 50)
        first = truth + draw.normal(0, 1, 50)
        top = np.argsort(-first)[:5]
        table = truth[top, None] + draw.normal(0, 1, (5, 8))
        found = standing(table.tolist(), 8)
        best = max(map(int, found.left), key=lambda one: table[one, : found.rounds].mean())
        chosen.append(first[top[best]] - truth[top[best]])
        new.append(table[best, : found.rounds].mean() - truth[top[best]])
    assert np.mean(chosen) > 1
    assert np.mean(new) < 0.4
