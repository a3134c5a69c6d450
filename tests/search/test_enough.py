"""``stop_when:``: after how many points without gain a sweep has enough."""

import math

import pytest

from sweeper.model import StopWhen
from sweeper.search.enough import enough
from sweeper.search.told import Told


def told(*values, first=0):
    """None failed, '...' still runs."""
    state = {None: "failed", "...": "running"}
    return [
        Told(first + i, {"x": i}, state.get(value, "succeeded"), None if value in state else value)
        for i, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "is_enough"),
    [
        ((), False),
        ((0.5, 0.4, 0.3), False),
        ((0.5, 0.4, 0.3, 0.2), True),
        ((0.5, 0.4, 0.6, 0.3), False),  # better in between
        ((0.5, 0.5, 0.5, 0.5), True),  # as good is not better
        ((0.5, None, math.nan, 0.3), True),  # what failed brought nothing either
        ((0.5, "...", 0.4, 0.3), False),  # what runs may still
        ((None, None, None), True),  # nothing at all
        ((0.5, 0.54, 0.5, 0.5), True),  # better by less than min_delta, counted from the best
        ((0.5, 0.56, 0.5, 0.5), False),
    ],
)
@pytest.mark.parametrize("maximize", [True, False])
def test_three_points_without_gain_are_enough(values, is_enough, maximize):
    turned = [-value if isinstance(value, float) and not maximize else value for value in values]
    assert bool(enough(told(*turned), StopWhen(3, min_delta=0.05), maximize=maximize)) == is_enough


def test_earlier_sweeps_set_the_mark_and_are_not_counted():
    before = told(0.9, 0.1, 0.1, 0.1, first=-4)
    assert not enough([*before, *told(0.5, 0.6)], StopWhen(3), maximize=True)
    assert "the last 3 points" in enough([*before, *told(0.5, 0.6, 0.7)], StopWhen(3), maximize=True)
