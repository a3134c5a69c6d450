"""Point k among candidates, by counting one's way there."""

import pytest

from sweeper.model import Choices, Parameter, Space
from sweeper.space import Grid
from sweeper.space.skipping import MOST_MARKS, Skipper


def test_any_order_of_asking_gives_the_same_points_with_few_marks():
    def every_third(k):
        return ({"k": k} if k % 3 == 0 else None), k + 1

    skipper = Skipper(every_third, 300_000)
    for k in (99_999, 0, 50_000, 49_999, 64, 63, 98_765, 99_999, 1):
        assert skipper.point(k) == {"k": 3 * k}
    assert len(skipper._marks) <= MOST_MARKS
    for wrong in (-1, 100_000):
        with pytest.raises(IndexError):
            skipper.point(wrong)
    assert skipper.point(7) == {"k": 21}


def test_points_near_each_other_are_found_without_starting_over():
    looked = []

    def every(k):
        looked.append(k)
        return {"k": k}, k + 1

    skipper = Skipper(every, 10**6)
    for k in range(10_000):
        skipper.point(k)
    assert len(looked) == 10_000
    skipper.point(5_000)
    assert len(looked) < 10_000 + 2_000


def test_a_whole_branch_is_skipped_where_its_beginning_breaks_a_rule():
    space = Space(
        tuple(Parameter(f"p{i}", Choices(tuple(range(100)))) for i in range(6)), constraints=("p0 * p1 == 98 * 98",)
    )
    grid = Grid(space, most_states=2)
    assert not grid.exact
    assert grid.point(0) == {"p0": 98, "p1": 98, "p2": 0, "p3": 0, "p4": 0, "p5": 0}
