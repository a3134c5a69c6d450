"""Every order visits every point exactly once."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.errors import UserError
from sweeper.model import Choices, Parameter, Range, Space, Sweep, Trainer
from sweeper.search import make
from sweeper.search.orders import ORDERS, ordered
from sweeper.search.permutation import SHORT, Permutation
from sweeper.space import Grid
from tests.space.small_spaces import brute, cases


def sweep(space, **settings):
    return Sweep("test", Trainer("trainer.task"), space, **settings)


@given(cases(ranges=True), st.sampled_from(sorted(ORDERS)), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_every_order_proposes_every_point_once(case, order, seed):
    search, expected = make(sweep(case.space, order=order, seed=seed)), brute(case)
    found = [search.propose(k) for k in range(search.count)]
    assert search.exact
    assert len(found) == len(expected)
    assert all(point in expected for point in found)
    assert all(point in found for point in expected)
    assert [search.propose(k) for k in reversed(range(search.count))] == found[::-1]
    assert all(search.contains(point) for point in found)
    with pytest.raises(IndexError):
        search.propose(search.count)


@given(cases(), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_shuffling_what_is_not_counted_finds_every_point_too(case, seed):
    grid, expected = Grid(case.space, most_states=2), brute(case)
    propose = ordered(grid, "shuffled", seed)
    found = [propose(k) for k in range(len(expected))]
    assert all(point in found for point in expected)
    with pytest.raises(IndexError):
        propose(len(expected))


@given(st.integers(1, 3000), st.integers(0, 2**64))
@settings(max_examples=60, deadline=None)
def test_a_permutation_hits_every_number_once(count, seed):
    order = Permutation(count, seed)
    assert sorted(map(order.at, range(count))) == list(range(count))
    assert all(order.place(order.at(k)) == k for k in range(0, count, 7))


@given(st.integers(1, 10**40), st.data())
def test_a_permutation_of_any_size_can_be_undone(count, data):
    order = Permutation(count, 7)
    k = data.draw(st.integers(0, count - 1))
    assert 0 <= order.at(k) < count
    assert order.place(order.at(k)) == k


def test_a_permutation_moves_things_and_the_seed_decides_where():
    for count in (SHORT, SHORT + 1, 10**12):
        first, second = Permutation(count, 1), Permutation(count, 2)
        places = [first.at(k) for k in range(500)]
        assert places != [second.at(k) for k in range(500)]
        assert sum(place > count / 2 for place in places) in range(180, 320)
        assert sum(b > a for a, b in pairwise(places)) in range(180, 320)


def test_numbers_outside_a_permutation_are_an_index_error():
    order = Permutation(3, 0)
    for wrong in (-1, 3):
        with pytest.raises(IndexError):
            order.at(wrong)
        with pytest.raises(IndexError):
            order.place(wrong)


def test_every_machine_shuffles_like_this():
    assert [Permutation(10, 7).at(k) for k in range(10)] == [4, 0, 6, 8, 5, 9, 3, 2, 7, 1]
    assert [Permutation(10**12, 7).at(k) for k in range(3)] == [822348525937, 406816565361, 386819619259]


def test_an_unknown_order_is_refused():
    space = Space((Parameter("a", Choices((1, 2))),))
    with pytest.raises(UserError, match="order: expected one of as-written, shuffled, coarse-to-fine, found 'x'"):
        make(sweep(space, order="x"))


def test_a_range_is_searched_from_the_outside_in():
    space = Space((Parameter("a", Range(0, 4, step=1, integer=True)),))
    search = make(sweep(space, order="coarse-to-fine"))
    assert [search.propose(k)["a"] for k in range(5)] == [0, 4, 2, 1, 3]
