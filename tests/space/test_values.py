"""The values of ranges, as a person expects them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.errors import UserError
from sweeper.model import Range
from sweeper.space.values import at, grid_values, round12

SPACED = [
    # the end of a step that fits is included, and is exactly the end
    (Range(0, 1, step=0.1), (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
    (Range(0, 0.3, step=0.1), (0.0, 0.1, 0.2, 0.3)),
    # a step that does not fit stops before the end
    (Range(0, 1, step=0.3), (0.0, 0.3, 0.6, 0.9)),
    (Range(0, 10, step=4, integer=True), (0, 4, 8)),
    (Range(32, 128, step=32, integer=True), (32, 64, 96, 128)),
    (Range(0, 1, step=2), (0.0,)),
    # a third with the digits at hand still reaches the end
    (Range(0, 1, step=1 / 3), (0.0, 0.333333333333, 0.666666666667, 1.0)),
    (Range(0, 1, step=0.33333333333333337), (0.0, 0.333333333333, 0.666666666667, 1.0)),
    (Range(-0.2, 0.2, step=0.1), (-0.2, -0.1, 0.0, 0.1, 0.2)),
    (Range(1e-5, 3e-5, step=1e-5), (1e-5, 2e-5, 3e-5)),
    # num counts both ends
    (Range(0, 0.99, num=3), (0.0, 0.495, 0.99)),
    (Range(0.1, 0.7, num=4), (0.1, 0.3, 0.5, 0.7)),
    (Range(1e-4, 1e-1, scale="log", num=4), (1e-4, 1e-3, 1e-2, 1e-1)),
    (Range(1, 100, scale="log", num=2), (1.0, 100.0)),
    (Range(5, 7, num=1), (5.0,)),
    (Range(5, 5, num=3), (5.0,)),
    # whole numbers are rounded, and the same one comes once
    (Range(1, 4, num=7, integer=True), (1, 2, 3, 4)),
    (Range(0, 10, num=5, integer=True), (0, 3, 5, 8, 10)),
    (Range(1, 1000, scale="log", num=4, integer=True), (1, 10, 100, 1000)),
    (Range(1, 4, scale="log", num=9, integer=True), (1, 2, 3, 4)),
]


@pytest.mark.parametrize(("domain", "expected"), SPACED)
def test_a_range_has_the_values_one_would_write(domain, expected):
    found = grid_values(domain)
    assert found == expected
    assert all(isinstance(value, int) == domain.integer for value in found)


REFUSED = [
    (Range(0, 1), "neither num nor step"),
    (Range(0, 1, num=3, step=0.5), "both num and step"),
    (Range(0, 1, num=0), "num of at least 1"),
    (Range(0, 1, step=0), "step above 0"),
    (Range(0, 1, step=-0.1), "step above 0"),
    (Range(0, 1, step=float("nan")), "step above 0"),
    (Range(1, 0, num=2), "greater than its max"),
    (Range(0, 1, scale="log", num=3), "min above 0"),
    (Range(1, 10, scale="log", step=2), "does not go with scale: log"),
    (Range(0, float("inf"), num=3), "finite numbers"),
    (Range(float("nan"), 1, num=3), "finite numbers"),
    (Range(0, True, num=3), "finite numbers"),
    (Range(0.5, 3, num=3, integer=True), "whole numbers"),
    (Range(0, 3, step=0.5, integer=True), "whole number as the step"),
    (Range(0, 1, step=1e-9), "at most 1,000,000"),
    (Range(0, 1, num=10**9), "at most 1,000,000"),
]


@pytest.mark.parametrize(("domain", "message"), REFUSED)
def test_a_range_that_makes_no_sense_is_refused(domain, message):
    with pytest.raises(UserError, match=message):
        grid_values(domain)


ends = st.floats(-1e6, 1e6).map(round12)


@given(ends, ends, st.integers(2, 50))
def test_num_gives_values_that_rise_from_end_to_end(a, b, num):
    low, high = sorted((a, b))
    found = grid_values(Range(low, high, num=num))
    assert (found[0], found[-1]) == (low, high)
    assert list(found) == sorted(set(found))


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9), st.integers(2, 50))
def test_whole_numbers_rise_from_end_to_end_too(low, span, num):
    found = grid_values(Range(low, low + span, num=num, integer=True))
    assert (found[0], found[-1]) == (low, low + span)
    assert list(found) == sorted(set(found))


@given(st.floats(0, 1, exclude_max=True), st.sampled_from(["linear", "log"]), st.booleans())
def test_a_fraction_lands_inside_the_range_with_at_most_12_digits(fraction, scale, integer):
    domain = Range(1, 1000, scale=scale, integer=integer)
    value = at(domain, fraction)
    assert 1 <= value <= 1000
    assert value == round12(value)
    assert isinstance(value, int) == integer


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_both_ends_of_whole_numbers_are_drawn(scale):
    drawn = [at(Range(1, 3, scale=scale, integer=True), i / 300) for i in range(300)]
    assert set(drawn) == {1, 2, 3}
    assert min(drawn.count(value) for value in (1, 2, 3)) > 30


def test_a_log_range_spends_a_third_on_each_power_of_ten():
    drawn = [at(Range(1e-3, 1, scale="log"), i / 300) for i in range(300)]
    assert abs(sum(value < 1e-2 for value in drawn) - 100) <= 1
    assert abs(sum(value >= 1e-1 for value in drawn) - 100) <= 1
