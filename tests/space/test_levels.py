"""Coarse to fine: the same points, the ends first."""

import pytest
from hypothesis import given, settings

from sweeper.model import Choices, Parameter, Range, Space
from sweeper.space import Grid
from sweeper.space.levels import CoarseToFine, levels
from tests.space.small_spaces import brute, cases

LEVELS = [
    (1, (0,)),
    (2, (0, 0)),
    (3, (0, 1, 0)),
    (4, (0, 1, 2, 0)),
    (5, (0, 2, 1, 2, 0)),
    (9, (0, 3, 2, 3, 1, 3, 2, 3, 0)),
]


@pytest.mark.parametrize(("size", "expected"), LEVELS)
def test_the_ends_come_first_then_the_middle_then_the_quarters(size, expected):
    assert levels(size) == expected


@given(cases(ranges=True))
@settings(max_examples=200, deadline=None)
def test_the_points_are_those_of_the_grid_sorted_by_their_finest_level(case):
    grid = Grid(case.space)
    domains = {one.name: one.domain for one in case.space.parameters if isinstance(one.domain, Range)}

    def finest(point):
        return max((levels(domains[name].max + 1)[point[name]] for name in domains if name in point), default=0)

    order = CoarseToFine(grid)
    assert [order.point(k) for k in range(grid.count)] == sorted(brute(case), key=finest)


@given(cases(ranges=True))
@settings(max_examples=100, deadline=None)
def test_where_counting_is_given_up_the_order_is_the_same(case):
    exact, grid = Grid(case.space), Grid(case.space, most_states=2)
    whole, found = CoarseToFine(exact), CoarseToFine(grid)
    assert [found.point(k) for k in range(exact.count)] == [whole.point(k) for k in range(exact.count)]
    with pytest.raises(IndexError):
        found.point(exact.count)


def test_a_million_million_points_are_addressed_at_every_level():
    grid = Grid(Space(tuple(Parameter(f"p{i}", Range(0, 9, step=1, integer=True)) for i in range(12))))
    order = CoarseToFine(grid)
    assert list(order.point(4095).values()) == [9] * 12
    assert list(order.point(4096).values()) == [0] * 11 + [4]
    assert order.point(10**12 - 1) == dict.fromkeys(grid.names, 9) | {"p11": 8}


def test_listed_choices_are_never_fine():
    grid = Grid(Space((Parameter("a", Choices((1, 2, 3))), Parameter("b", Range(0, 2, step=1, integer=True)))))
    order = CoarseToFine(grid)
    pairs = [tuple(order.point(k).values()) for k in range(9)]
    assert pairs == [(1, 0), (1, 2), (2, 0), (2, 2), (3, 0), (3, 2), (1, 1), (2, 1), (3, 1)]
    for k in (-1, 9):
        with pytest.raises(IndexError):
            order.point(k)
