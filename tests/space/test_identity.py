"""Which points are the same point."""

import enum
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.errors import UserError
from sweeper.space.identity import canonical, point_id, trial_id

SAME = [
    (1, 1.0),
    (0, -0.0),
    (1e-4, 0.0001),
    (1e3, 1000),
    (int(1e300), 1e300),
    ((1, 2.0), [1.0, 2]),
    ("a", enum.StrEnum("E", {"a": "a"}).a),
]
DIFFERENT = [
    (1, True),
    (0, False),
    (1, "1"),
    (None, "null"),
    (None, False),
    ("True", True),
    ((1,), 1),
    ((1, (2,)), (1, 2)),
    ("a", "A"),
    (0.1, 0.1000000000001),
    (10**16, 10**16 + 1),
    ("é", "e\u0301"),
    ('a","b', ("a", "b")),
    (float("nan"), "nan"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_values_make_one_point(one, other):
    assert point_id({"a": one}) == point_id({"a": other})


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_values_make_two_points(one, other):
    assert point_id({"a": one}) != point_id({"a": other})


def test_the_order_of_the_keys_does_not_matter():
    assert canonical({"b": 2, "a": 1}) == canonical({"a": 1, "b": 2}) == '{"a":1,"b":2}'


def test_these_ids_never_change():
    point = {
        "hidden_units": "64,32",
        "learning_rate": 1e-4,
        "layers": (64, 32.0),
        "nesterov": True,
        "note": None,
        "ü": "é\n",
    }
    assert canonical(point) == (
        '{"hidden_units":"64,32","layers":[64,32],"learning_rate":0.0001,"nesterov":true,"note":null,"\\u00fc":"\\u00e9\\n"}'
    )
    assert point_id(point) == "d4dff0b2233810dc"
    assert point_id({}) == "01e7b720ff566d53"


def test_a_repeat_is_part_of_the_trial_only_where_there_are_several():
    assert trial_id("abc", 0, 1) == "abc"
    assert [trial_id("abc", repeat, 3) for repeat in range(3)] == ["abc-0", "abc-1", "abc-2"]


def test_what_is_no_value_is_refused():
    for wrong in ({"a": 1}, object(), {1, 2}):
        with pytest.raises(UserError, match="expected a string, a number"):
            point_id({"a": wrong})


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)


@given(st.dictionaries(st.text(max_size=4), values, max_size=5))
def test_the_canonical_text_is_json_that_means_the_point(point):
    def plain(value):
        return [plain(item) for item in value] if isinstance(value, tuple) else value

    assert json.loads(canonical(point)) == {name: plain(value) for name, value in point.items()}


@given(values, values)
def test_ids_are_equal_exactly_where_values_are(one, other):
    def key(value):
        if isinstance(value, tuple):
            return tuple(key(item) for item in value)
        return (isinstance(value, bool), value)

    assert (point_id({"a": one}) == point_id({"a": other})) == (key(one) == key(other))
