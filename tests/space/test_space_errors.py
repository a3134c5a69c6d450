"""Spaces that make no sense are the user's error, with the place and a hint."""

import pytest

from sweeper.errors import UserError
from sweeper.model import Choices, Parameter, Range, Space, Together
from sweeper.space import Grid


def choices(name, *values, when=None):
    return Parameter(name, Choices(values), when=when or {})


A, B = choices("a", 1, 2), choices("b", 1, 2)

BROKEN = [
    (Space((A, A)), "parameters.a: the parameter 'a' is given twice"),
    (Space((A,), (Together({"a": (1,)}),)), "given twice"),
    (Space((choices("a"),)), "parameters.a: expected at least one value"),
    (Space((choices("a", 1, 2, 1.0),)), "parameters.a: 1 is listed twice"),
    (Space((), (Together({"a": (1, 1), "b": (2, 2)}),)), "together: 1, 2 is listed twice"),
    (Space((), (Together({"a": (1, 1), "b": (2,)}),)), "lists of one length"),
    (Space((), (Together({"a": (), "b": ()}),)), "at least one value"),
    (Space((), (Together({}),)), "at least one value"),
    (Space((Parameter("lr", Range(0, 1)),)), "parameters.lr: the range 0 to 1 has neither num nor step"),
    (Space((choices("a", 1, when={"bb": (1,)}), B)), "did you mean b"),
    (Space((choices("a", 1, when={"a": (1,)}),)), "round in a circle: a -> a"),
    (Space((choices("a", 1, when={"b": (1,)}), choices("b", 1, when={"a": (1,)}))), "circle: a -> b -> a"),
    (Space((A,), exclude=({"c": (1,)},)), r"exclude\[0\]: 'c' is not a parameter"),
    (Space((A,), exclude=({},)), "would leave out everything"),
    (Space((A,), constraints=("c < 3",)), "constraints: 'c' is not a parameter"),
    (Space((A, B), constraints=("a / (b - 1) < 3",)), "division by zero .* where a=1, b=1"),
    (Space((choices("a", {1: 2}),)), "expected a string, a number"),
]


@pytest.mark.parametrize(("space", "message"), BROKEN)
def test_it_is_refused(space, message):
    with pytest.raises(UserError, match=message):
        _used(space)


def _used(space):
    grid = Grid(space)
    grid.index(grid.point(0))
