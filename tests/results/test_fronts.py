"""Pareto fronts, held against the definition: peel off what nothing dominates, again and again."""

from hypothesis import given
from hypothesis import strategies as st

from sweeper.results.fronts import dominates, fronts

NUMBERS = st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.0]) | st.floats(allow_nan=False, allow_infinity=False)
VECTORS = st.integers(1, 4).flatmap(lambda size: st.lists(st.tuples(*[NUMBERS] * size), max_size=12))


def peeled(vectors):
    found, left, front = [None] * len(vectors), set(range(len(vectors))), 0
    while left:
        best = {i for i in left if not any(dominates(vectors[j], vectors[i]) for j in left)}
        for i in best:
            found[i] = front
        left -= best
        front += 1
    return found


@given(VECTORS)
def test_each_front_is_what_nothing_dominates_once_the_fronts_before_it_are_gone(vectors):
    assert fronts(vectors) == peeled(vectors)


def test_equal_vectors_share_a_front_and_a_better_one_is_before_them():
    assert fronts([(1, 2), (1, 2), (1, 1), (0, 3)]) == [1, 1, 0, 0]
    assert fronts([]) == []


def test_one_dominates_another_where_it_is_nowhere_worse_and_somewhere_better():
    assert dominates((1, 2), (1, 3))
    assert not dominates((1, 2), (1, 2))
    assert not dominates((0, 4), (1, 3))


def test_ten_thousand_rows_are_sorted_at_once():
    many = [(float(i % 100), float((i * 7919) % 10_007)) for i in range(10_000)]
    found = fronts(many)
    assert found.count(0) >= 1
    assert max(found) < len(many)
