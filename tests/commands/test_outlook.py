"""Guesses about what runs, and bars of text."""

from __future__ import annotations

import math

import pytest

from sweeper.commands.watching.outlook import spark, stairs, sweep_left, trial_left

LEFT = [
    # at its own pace: 5 of 20 steps in 10 s, the first step is 1
    ({"elapsed": 10, "step": 4, "last": 19, "typical": 5}, 30),
    ({"elapsed": 10, "step": 19, "last": 19, "typical": 5}, 0),
    ({"elapsed": 10, "step": 30, "last": 19, "typical": 5}, 0),  # further than the others went
    ({"elapsed": 10, "step": None, "last": 19, "typical": 25}, 15),  # it has said nothing yet
    ({"elapsed": 10, "step": 3, "last": None, "typical": 25}, 15),  # nobody knows how far it goes
    ({"elapsed": 30, "step": None, "last": None, "typical": 25}, 0),
    ({"elapsed": 10, "step": None, "last": None, "typical": None}, None),
]


@pytest.mark.parametrize(("known", "wanted"), LEFT)
def test_a_trial_is_left_what_its_steps_or_else_the_others_say(known, wanted):
    assert trial_left(known.pop("elapsed"), **known) == wanted


def test_a_sweep_is_left_what_waits_and_runs_shared_by_those_that_run():
    assert sweep_left(10, [5.0, 15.0, 20.0]) == (10 * 20 + 5 + 15) / 2
    assert sweep_left(10, [20.0]) is None  # nothing runs
    assert sweep_left(10, [5.0, None]) is None


def test_a_staircase_is_read_at_even_moments():
    assert stairs([(0, 1.0), (6, 2.0), (9, 3.0)], 10, 5) == [1.0, 1.0, 2.0, 2.0, 3.0]
    assert stairs([(5, 1.0)], 5, 3) == [1.0] * 3
    assert stairs([], 5, 3) == []


def test_bars_are_from_the_lowest_to_the_highest():
    assert spark([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert spark([1, 1, 1], 8) == "▅▅▅"
    assert spark([0, math.nan, 1], 8) == "▁ █"
    assert spark([-1e308, 1e308], 8) == "▁█"
    assert spark(range(100), 4) == "▂▄▆█"
    assert spark([math.nan], 8) == spark([1], 0) == ""
