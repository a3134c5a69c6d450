"""The grid against every combination tried, and its sizes where that is impossible."""

import subprocess
import sys

import pytest
from hypothesis import given, settings

from sweeper.errors import UserError
from sweeper.model import Choices, Parameter, Range, Space, Together
from sweeper.space import Grid, point_id
from tests.space.small_spaces import brute, cases


def choices(name, *values, when=None):
    return Parameter(name, Choices(values), when=when or {})


# Every combination of values makes another sum, so that nothing can be counted together.
ENTANGLED = " + ".join(f"p{i} * {40**i}" for i in range(8))


def points(grid):
    return [grid.point(k) for k in range(grid.count)]


@given(cases())
@settings(max_examples=300, deadline=None)
def test_the_grid_has_exactly_the_allowed_points_in_the_order_of_nested_loops(case):
    grid, expected = Grid(case.space), brute(case)
    assert grid.exact
    assert grid.count == len(expected)
    assert [list(point.items()) for point in points(grid)] == [list(point.items()) for point in expected]


@given(cases())
@settings(max_examples=150, deadline=None)
def test_each_point_knows_its_number_and_changed_points_are_not_in_the_grid(case):
    grid, expected = Grid(case.space), brute(case)
    assert [grid.index(point) for point in expected] == list(range(len(expected)))
    for point in expected[:20]:
        for name in point:
            for other in ({**point, name: (point[name] + 1) % 4}, {k: v for k, v in point.items() if k != name}):
                assert grid.contains(other) == (other in expected)
        assert not grid.contains({**point, "unknown": 1})


@given(cases())
@settings(max_examples=150, deadline=None)
def test_where_counting_is_given_up_the_points_are_found_all_the_same(case):
    grid, expected = Grid(case.space, most_states=2), brute(case)
    found = []
    while len(found) < grid.count:
        try:
            found.append(grid.point(len(found)))
        except IndexError:
            break
    assert found == expected
    assert grid.count >= len(expected)
    assert [grid.point(k) for k in reversed(range(len(expected)))] == expected[::-1]
    assert all(grid.contains(point) for point in expected)


def test_a_million_million_points_are_counted_and_addressed():
    grid = Grid(Space(tuple(choices(f"p{i}", *range(10)) for i in range(12))))
    assert grid.count == 10**12
    assert list(grid.point(123_456_789_012).values()) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]
    assert grid.index(grid.point(987_654_321_098)) == 987_654_321_098


def test_rules_on_a_million_million_points_are_counted_exactly():
    ten = range(10)
    space = Space(
        (*(choices(f"p{i}", *ten) for i in range(11)), choices("q", *ten, when={"p0": (0,)})),
        exclude=({"p1": (1,), "p10": (0,)},),
        constraints=("p2 + p3 <= 1",),
    )
    grid = Grid(space)
    assert grid.exact
    # p0 gives 10 + 9 combinations with q, p1 and p10 99 of 100, p2 and p3 three; the other six are free
    assert grid.count == 19 * 99 * 3 * 10**6
    assert grid.index(grid.point(grid.count - 1)) == grid.count - 1


def test_sums_and_products_of_many_parameters_are_counted():
    space = Space(
        tuple(choices(f"p{i}", *range(40)) for i in range(8)),
        constraints=("+".join(f"p{i}" for i in range(8)) + " == 311",),
    )
    assert Grid(space).count == 8
    space = Space(
        tuple(choices(f"p{i}", *range(1, 9)) for i in range(8)),
        constraints=("*".join(f"p{i}" for i in range(8)) + " <= 3",),
    )
    assert Grid(space).count == 17


def test_a_part_that_goes_wrong_is_looked_at_only_where_it_matters():
    space = Space(
        (choices("a", 0, 1, 2), choices("b", 0, 1)), constraints=("a == 0 or b / a >= 0.5", "a != 2 or b == 1")
    )
    assert points(Grid(space)) == [{"a": 0, "b": 0}, {"a": 0, "b": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1}]


def test_true_and_1_are_told_apart_in_what_is_remembered():
    space = Space((choices("a", 1, True), choices("b", 1, 2)), constraints=("b == a",))
    assert points(Grid(space)) == [{"a": 1, "b": 1}]


def test_entangled_constraints_are_not_counted_but_their_points_are_found():
    space = Space(
        tuple(choices(f"p{i}", *range(40)) for i in range(8)),
        constraints=(ENTANGLED + f" >= {40**8 - 1}",),
    )
    grid = Grid(space)
    assert not grid.exact
    assert grid.count == 40**8
    assert not grid.contains(dict.fromkeys(grid.names, 38))
    assert grid.contains(dict.fromkeys(grid.names, 39))


def test_a_constraint_that_leaves_nothing_to_find_is_said():
    space = Space(
        tuple(choices(f"p{i}", *range(40)) for i in range(8)),
        constraints=(ENTANGLED + " < 0",),
    )
    with pytest.raises(UserError, match="in a row break the constraints"):
        Grid(space).point(0)


def test_points_past_the_last_are_an_index_error():
    grid = Grid(Space((choices("a", 1, 2),)))
    for k in (-1, 2):
        with pytest.raises(IndexError):
            grid.point(k)


def test_a_space_without_parameters_has_the_one_empty_point():
    grid = Grid(Space(()))
    assert points(grid) == [{}]
    assert grid.contains({})


def test_a_condition_may_name_a_parameter_that_comes_later():
    space = Space((choices("momentum", 0.0, 0.9, when={"optimizer": ("sgd",)}), choices("optimizer", "sgd", "adam")))
    assert points(Grid(space)) == [
        {"momentum": 0.0, "optimizer": "sgd"},
        {"optimizer": "adam"},
        {"momentum": 0.9, "optimizer": "sgd"},
    ]


def test_a_condition_holds_by_value_so_1_is_1_point_0_but_not_true():
    space = Space((choices("a", 1, True, "1"), choices("b", 5, 6, when={"a": (1.0,)})))
    assert points(Grid(space)) == [{"a": 1, "b": 5}, {"a": 1, "b": 6}, {"a": True}, {"a": "1"}]


def test_a_parameter_whose_condition_never_holds_is_never_present():
    space = Space((choices("a", 1, 2), choices("b", 5, 6, when={"a": (3,)}), choices("c", 7, 8, when={"b": (5,)})))
    assert points(Grid(space)) == [{"a": 1}, {"a": 2}]


def test_ranges_groups_and_constants_make_axes():
    space = Space(
        (Parameter("data", Choices(("x.csv",)), constant=True), Parameter("lr", Range(0.001, 0.1, scale="log", num=3))),
        (Together({"width": (64, 128), "depth": (2, 1)}),),
    )
    grid = Grid(space)
    assert grid.count == 6
    assert grid.point(3) == {"data": "x.csv", "lr": 0.01, "width": 128, "depth": 1}


def test_excluding_everything_leaves_a_count_of_0():
    grid = Grid(Space((choices("a", 1, 2),), exclude=({"a": (1, 2)},)))
    assert (grid.count, grid.exact, list(grid.shapes())) == (0, True, [])
    assert not grid.contains({"a": 1})


def test_a_space_is_the_same_whatever_the_hash_seed():
    program = """
from sweeper.model import *
from sweeper.space import Grid, point_id
space = Space((Parameter("o", Choices(("sgd", "adam", "x"))),
               Parameter("m", Choices((1, 2)), when={"o": ("sgd", "x")})),
              exclude=({"o": ("x",), "m": (2,)},), constraints=("o != 'adam' or o in ['adam']",))
grid = Grid(space)
print([point_id(grid.point(k)) for k in range(grid.count)], list(grid.shapes()))
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


GOLDEN = [
    (0, {"batch_size": 32, "lr": 0.0001, "optimizer": "sgd", "momentum": 0.0}, "0a7212c91c0df3a4"),
    (2, {"batch_size": 32, "lr": 0.0001, "optimizer": "sgd", "momentum": 0.99}, "2e8756eae6f8057c"),
    (3, {"batch_size": 32, "lr": 0.0001, "optimizer": "adam"}, "a58619d80eaf4460"),
    (13, {"batch_size": 32, "lr": 0.1, "optimizer": "sgd", "momentum": 0.495}, "abe034b002fac9a1"),
    (19, {"batch_size": 128, "lr": 0.1, "optimizer": "adam"}, "7985be3e9d13f22e"),
]


def golden_space():
    return Space(
        (
            choices("batch_size", 32, 128),
            Parameter("lr", Range(1e-4, 1e-1, scale="log", num=4)),
            choices("optimizer", "sgd", "adam"),
            Parameter("momentum", Range(0, 0.99, num=3), when={"optimizer": ("sgd",)}),
        ),
        exclude=({"batch_size": (128,), "optimizer": ("sgd",)},),
    )


def test_every_machine_makes_these_points_with_these_ids():
    grid = Grid(golden_space())
    assert grid.count == 20
    assert [(k, grid.point(k), point_id(grid.point(k))) for k in (0, 2, 3, 13, 19)] == GOLDEN
