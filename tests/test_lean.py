"""Lean dataclasses do what the standard library's do."""

import copy
import dataclasses
import pickle

import pytest

from sweeper import lean


def kinds(made):
    """The same three classes, made by either module."""

    @made.dataclass(frozen=True, slots=True)
    class Fixed:
        """Words."""

        a: int
        b: str = "b"
        c: dict = made.field(default_factory=dict, compare=False)
        d: str = made.field(default="", repr=False)

        def double(self):
            return self.a * 2

    @made.dataclass
    class Open:
        a: int = 1
        b: list = made.field(default_factory=list)

    @made.dataclass(frozen=True, slots=True, eq=False)
    class Alone:
        a: int

        def __post_init__(self):
            object.__setattr__(self, "a", self.a + 1)

    return Fixed, Open, Alone


@pytest.fixture(params=[dataclasses, lean], ids=["standard", "lean"])
def made(request):
    return request.param


def test_fields_are_given_by_place_name_and_default(made):
    fixed, opened, alone = kinds(made)
    one = fixed(1, d="x")
    assert (one.a, one.b, one.c, one.d, one.double()) == (1, "b", {}, "x", 2)
    assert opened().b is not opened().b
    assert alone(1).a == 2
    for wrong in ((), (1, 2, 3, 4, 5)):
        with pytest.raises(TypeError):
            fixed(*wrong)
    with pytest.raises(TypeError):
        fixed(1, e=2)


def test_equal_fields_are_equal_objects(made):
    fixed, opened, alone = kinds(made)
    assert fixed(1) == fixed(1, c={"x": 1})
    assert hash(fixed(1)) == hash(fixed(1, c={"x": 1}))
    assert fixed(1) != fixed(2)
    assert fixed(1) != kinds(made)[0](1)
    assert opened() == opened()
    with pytest.raises(TypeError):
        hash(opened())
    assert alone(1) != alone(1)
    assert len({alone(1), alone(1)}) == 2


def test_what_is_frozen_stays(made):
    fixed, opened, _ = kinds(made)
    one = fixed(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.a = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.a
    changed = opened()
    changed.a = 2
    assert changed == opened(2)
    assert not hasattr(one, "__dict__")


def test_a_repr_shows_the_fields_that_may_be_shown(made):
    assert repr(kinds(made)[0](1, d="secret")) == "kinds.<locals>.Fixed(a=1, b='b', c={})"


def test_copies_patterns_and_the_functions_of_either_module(made):
    fixed, opened, _ = kinds(made)
    one = fixed(1, d="x")
    assert made.replace(one, b="c") == dataclasses.replace(one, b="c") == fixed(1, "c", d="x")
    assert copy.deepcopy(one) == one
    assert dataclasses.asdict(one) == {"a": 1, "b": "b", "c": {}, "d": "x"}
    assert [found.name for found in made.fields(fixed)] == [found.name for found in dataclasses.fields(one)]
    assert next(found.default for found in dataclasses.fields(opened)) == 1
    match one:
        case fixed(1, words):
            assert words == "b"


def test_what_the_standard_library_asks_for_is_made_once():
    fixed, *_ = kinds(lean)
    assert fixed.__dataclass_fields__ is fixed.__dataclass_fields__
    assert fixed(1).__dataclass_fields__ is fixed.__dataclass_fields__


def test_objects_cross_to_other_processes():
    from sweeper.model import Observation, State

    seen = Observation(State.FAILED, note="x")
    assert pickle.loads(pickle.dumps(seen)) == seen
