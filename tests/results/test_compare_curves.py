"""The best so far of a sweep, and who is ahead at the same budget."""

from __future__ import annotations

import pytest

from sweeper.results.compare.ahead import ahead
from sweeper.results.compare.curve import Step, at_hours, at_trials, steps

HOUR = 3600.0


def of(*values, goal="maximize", repeats=1, points=None):
    names = points or [str(number) for number in range(len(values))]
    ended = [(name, value, HOUR * (1 + n)) for n, (name, value) in enumerate(zip(names, values, strict=True))]
    return steps(ended, goal=goal, repeats=repeats, begin=0.0)


def test_the_best_so_far_never_gets_worse_and_a_failure_costs_a_trial():
    found = of(None, 0.5, 0.3, 0.7)
    assert [one.best for one in found] == [None, 0.5, 0.5, 0.7]
    assert [one.trials for one in found] == [1, 2, 3, 4]
    assert [one.hours for one in found] == [1, 2, 3, 4]
    assert [one.best for one in of(0.5, 0.3, 0.7, goal="minimize")] == [0.5, 0.3, 0.3]


def test_a_point_with_repeats_counts_with_its_mean_once_its_last_run_has_ended():
    found = of(0.9, 0.5, 0.1, 0.6, points=["a", "b", "a", "b"], repeats=2)
    assert [one.best for one in found] == [None, None, 0.5, 0.55]
    assert [one.point for one in found] == ["", "", "a", "b"]


def test_a_run_without_a_number_is_left_out_of_the_mean():
    assert [one.best for one in of(0.9, None, points=["a", "a"], repeats=2)] == [None, 0.9]


@pytest.mark.parametrize(("trials", "best"), [(0, None), (1, 0.5), (3, 0.7), (4, None)])
def test_the_best_after_so_many_trials(trials, best):
    assert at_trials(of(0.5, 0.3, 0.7), trials) == best


@pytest.mark.parametrize(("hours", "best"), [(0.5, None), (1, 0.5), (2.9, 0.5), (99, 0.7)])
def test_the_best_after_so_many_hours(hours, best):
    assert at_hours(of(0.5, 0.3, 0.7), hours) == best


def test_who_has_run_longer_is_not_ahead_by_that():
    short, long = of(0.5, 0.6), of(0.4, 0.4, 0.9)
    trials, hours = ahead({"short": short, "long": long}, "maximize")
    assert (trials.unit, trials.budget, trials.first) == ("trials", 2, ("short",))
    assert trials.best == {"short": 0.6, "long": 0.4}
    assert (hours.unit, hours.budget, hours.first) == ("hours", 2, ("short",))


def test_equal_sweeps_are_both_first_and_without_a_number_nobody_is():
    both, _ = ahead({"a": of(0.5), "b": of(0.5)}, "minimize")
    assert both.first == ("a", "b")
    none, _ = ahead({"a": of(None), "b": of(None)}, "minimize")
    assert none.first == ()


def test_nobody_is_ahead_of_a_sweep_that_has_not_begun():
    assert ahead({"a": [Step(1, 1.0, 0.5, "x")], "b": []}, "maximize") == ()
