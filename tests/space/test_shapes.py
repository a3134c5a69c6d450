"""The shapes of a space, against its points."""

import time

from hypothesis import given, settings

from sweeper.model import Choices, Parameter, Range, Space
from sweeper.space import Grid, Shape
from sweeper.space.identity import value_text
from sweeper.space.shapes import shapes_among
from sweeper.space.standins import as_grid, representative
from tests.space.small_spaces import brute, cases


def choices(name, *values, when=None):
    return Parameter(name, Choices(values), when=when or {})


def normal(shapes):
    return {
        shape.present: (shape.count, {name: sorted(map(value_text, values)) for name, values in shape.values.items()})
        for shape in shapes
    }


@given(cases())
@settings(max_examples=200, deadline=None)
def test_the_shapes_are_those_of_the_points_with_exactly_their_values(case):
    grid = Grid(case.space)
    found = list(grid.shapes())
    assert normal(found) == normal(shapes_among(brute(case), grid.names))
    assert len({shape.present for shape in found}) == len(found)


@given(cases())
@settings(max_examples=100, deadline=None)
def test_where_counting_is_given_up_no_shape_and_no_value_is_missing(case):
    grid = Grid(case.space, most_states=2)
    found = normal(grid.shapes())
    for present, (count, values) in normal(shapes_among(brute(case), grid.names)).items():
        assert found[present][0] >= count
        assert all(set(values[name]) <= set(found[present][1][name]) for name in present)


def test_a_million_million_points_have_few_shapes():
    space = Space(
        (
            choices("optimizer", "sgd", "adam", "rmsprop"),
            *(choices(f"p{i}", *range(10)) for i in range(12)),
            choices("momentum", 0.0, 0.9, when={"optimizer": ("sgd", "rmsprop")}),
            choices("nesterov", True, False, when={"momentum": (0.9,)}),
        ),
        exclude=({"optimizer": ("rmsprop",), "nesterov": (True,)},),
    )
    begun = time.perf_counter()
    shapes = list(Grid(space).shapes())
    assert time.perf_counter() - begun < 1
    others = ("optimizer", *(f"p{i}" for i in range(12)))
    assert [shape.present for shape in shapes] == [(*others, "momentum", "nesterov"), (*others, "momentum"), others]
    assert [shape.count for shape in shapes] == [3 * 10**12, 2 * 10**12, 10**12]
    assert shapes[0].values["optimizer"] == ("sgd", "rmsprop")
    assert shapes[1].values["momentum"] == (0.0,)


def test_a_value_that_is_excluded_altogether_is_in_no_shape():
    space = Space((choices("a", 1, 2, 3), choices("b", 1, 2)), exclude=({"a": (2,)},), constraints=("a * b < 6",))
    assert list(Grid(space).shapes()) == [Shape(("a", "b"), {"a": (1, 3), "b": (1, 2)}, 3)]


def test_short_ranges_of_whole_numbers_are_lists():
    space = Space((Parameter("layers", Range(1, 3, integer=True)), choices("width", 8, 16)))
    grid = Grid(as_grid(space))
    assert (grid.count, grid.point(5)) == (6, {"layers": 3, "width": 16})
    assert as_grid(Space((Parameter("lr", Range(0.1, 0.2)),))) is None
    assert as_grid(Space((Parameter("layers", Range(1, 10**6, integer=True)),))) is None
    assert as_grid(Space((Parameter("layers", Range(1, 3, scale="log", integer=True)),))) is None


def test_continuous_ranges_show_their_ends_middle_and_named_values():
    space = Space(
        (
            Parameter("lr", Range(1e-4, 1e-2, scale="log")),
            Parameter("shift", Range(-1, 1)),
            Parameter("layers", Range(1, 10**6, integer=True)),
            choices("dropout", 0.1, 0.2, when={"layers": (3, 2.5, 10**7)}),
        ),
        constraints=("lr * shift < -1", "dropout < 0.2"),
    )
    shapes = {shape.present[-1]: shape for shape in Grid(representative(space)).shapes()}
    assert shapes["layers"].values == {
        "lr": (1e-4, 1e-3, 1e-2),
        "shift": (-1.0, 0.0, 1.0),
        "layers": (1, 500001, 10**6),
    }
    assert shapes["dropout"].values["layers"] == (3,)
    assert shapes["dropout"].values["dropout"] == (0.1,)
