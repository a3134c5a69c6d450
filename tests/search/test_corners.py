"""The corners of a space: few, allowed, the dearest first, every choice among them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from sweeper.errors import UserError
from sweeper.model import Choices, Parameter, Range, Space, Sweep, Together, Trainer
from sweeper.search.corners import MOST, corners
from sweeper.space.grid import Grid
from sweeper.space.identity import point_id, value_text
from sweeper.space.sampling import Sampler
from tests.space.small_spaces import brute, cases

BATCH = Parameter("batch", Choices((32, 128, 64)))
DEPTH = Parameter("depth", Range(1, 9, step=1, integer=True))
RATE = Parameter("rate", Range(1e-5, 0.1, scale="log"))
NETS = Parameter("net", Choices(("64", "64,32", "16")))
KIND = Parameter("kind", Choices(("sgd", "adam", "lamb")))
MOMENTUM = Parameter("momentum", Range(0, 0.9), when={"kind": ("sgd",)})


def found(*parameters, method="random", **rules):
    return corners(Sweep("s", Trainer("t"), Space(parameters, **rules), method=method, trials=9))


def rows(corners, *names):
    """The values of those names in each point, as they come."""
    return [tuple(point.get(name) for name in names) for point in corners.points]


TABLE = [
    # numbers: together high, together low, each high and each low with the others in the middle
    ([BATCH, DEPTH], [(128, 9), (128, 5), (64, 9), (32, 5), (64, 1), (32, 1)]),
    # a range that is no list, on its log scale
    ([RATE], [(0.1,), (1e-5,)]),
    # lists of numbers have a size, and each is a choice
    ([NETS], [("64,32",), ("64",), ("16",)]),
    # of words nobody knows which is dear: as written, with the numbers high
    ([KIND, BATCH], [("sgd", 128), ("adam", 128), ("lamb", 128), ("sgd", 32)]),
    # a constant is in all, and nothing else is tried for it
    ([Parameter("epochs", Choices((5,)), constant=True)], [(5,)]),
    # what is there only sometimes is there at least once
    ([KIND, MOMENTUM], [("sgd", 0.9), ("sgd", 0.0), ("adam", None), ("lamb", None)]),
]


@pytest.mark.parametrize(("parameters", "wanted"), TABLE, ids=lambda one: " ".join(getattr(p, "name", "") for p in one))
def test_the_corners_of_a_space_without_rules(parameters, wanted):
    assert rows(found(*parameters), *(one.name for one in parameters)) == wanted


def test_a_rule_is_gone_as_near_to_as_it_allows():
    bounded = found(BATCH, DEPTH, constraints=("batch * depth <= 512",))
    assert rows(bounded, "batch", "depth")[0] == (128, 4)
    assert (64, 8) not in rows(bounded, "batch", "depth")
    assert max(depth for _, depth in rows(bounded, "batch", "depth")) == 9
    assert all(batch * depth <= 512 for batch, depth in rows(bounded, "batch", "depth"))


def test_a_rule_that_leaves_a_sliver_of_a_range_is_kept():
    sliver = found(RATE, Parameter("decay", Range(0, 1)), constraints=("rate + decay <= 0.05", "decay > 0.01"))
    assert sliver.points
    assert all(rate + decay <= 0.05 and decay > 0.01 for rate, decay in rows(sliver, "rate", "decay"))


def test_choices_that_go_together_share_a_point():
    both = found(KIND, Parameter("act", Choices(("relu", "tanh", "gelu"))), BATCH)
    assert [row[:2] for row in rows(both, "kind", "act", "batch") if row[2] == 128] == [
        ("sgd", "relu"),
        ("adam", "tanh"),
        ("lamb", "gelu"),
    ]


def test_a_choice_that_a_rule_allows_in_one_place_only_is_found_there():
    wide = tuple(Parameter(f"p{i}", Choices(tuple(f"v{j}" for j in range(10)))) for i in range(6))
    last = {f"p{i}": ("v9",) for i in range(6)}
    lonely = Parameter("lonely", Choices((True,)), when=last)
    assert any("lonely" in point for point in found(*wide, lonely).points)


def test_linked_parameters_each_occur_and_the_greatest_row_comes_first():
    linked = found(KIND, together=(Together({"width": (64, 256, 128), "name": ("s", "l", "m")}),))
    assert rows(linked, "width", "name")[0] == (256, "l")
    assert set(rows(linked, "width", "name")) == {(64, "s"), (256, "l"), (128, "m")}


def test_of_a_great_space_there_are_few_and_what_is_left_out_is_named():
    great = found(Parameter("word", Choices(tuple(f"w{i}" for i in range(40)))), *(BATCH, RATE))
    assert len(great.points) == MOST
    tried = {word for (word,) in rows(great, "word")}
    assert {str(one) for one in great.missing} == {f"word=w{i}" for i in range(40)} - {f"word={word}" for word in tried}
    numbers = found(*(Parameter(f"x{i}", Range(0, 1)) for i in range(30)))
    assert len(numbers.points) == MOST
    assert numbers.missing == ()
    assert set(numbers.points[0].values()) == {1.0}


def test_a_space_that_has_no_point_is_an_error():
    with pytest.raises(UserError, match="leave no point"):
        found(BATCH, constraints=("batch > 1000",))


def test_of_listed_points_those_at_the_ends_are_tried():
    listed = [{"batch": batch, "kind": kind} for batch in (8, 16, 32, 64) for kind in ("sgd", "adam")]
    listed += [{"batch": 16, "kind": "lamb", "depth": depth} for depth in range(20)]
    few = corners(Sweep("s", Trainer("t"), Space(()), method="list", points=tuple(listed)))
    assert rows(few, "batch", "kind", "depth") == [
        (16, "lamb", 19),
        (64, "sgd", None),
        (16, "lamb", 0),
        (8, "adam", None),
    ]
    all_of_them = corners(Sweep("s", Trainer("t"), Space(()), method="list", points=tuple(listed[:8])))
    assert [batch for (batch,) in rows(all_of_them, "batch")] == [64, 64, 32, 32, 16, 16, 8, 8]


@given(cases(ranges=True))
@settings(max_examples=100, deadline=None)
def test_they_are_points_of_the_space_each_once_and_nothing_that_can_be_there_is_never_there(case):
    points = brute(case)
    if not points:
        with pytest.raises(UserError):
            corners(Sweep("s", Trainer("t"), case.space))
        return
    tried = corners(Sweep("s", Trainer("t"), case.space))
    grid, sampler = Grid(case.space), Sampler(case.space)
    assert all(grid.contains(point) and sampler.contains(point) for point in tried.points)
    assert len({point_id(point) for point in tried.points}) == len(tried.points) <= MOST
    assert tried.missing == ()
    assert {name for point in tried.points for name in point} == {name for point in points for name in point}
    for group in case.space.together:
        assert _rows_of(group, tried.points) == _rows_of(group, points)


def _rows_of(group, points):
    return {tuple(value_text(point[name]) for name in group.values) for point in points}
