"""The check looks at few command lines and judges all of them: held equal to looking at every one."""

from __future__ import annotations

import itertools

import docopt
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from usage_texts import grid, schema_from

from sweeper.command import render
from sweeper.errors import CheckError
from sweeper.usage.binding import bind
from sweeper.usage.check import SAMPLE, check_points

LEAVES = ["--aa", "--bb", "--xx=<v>", "--yy=<v>", "<p>", "<q>", "go", "[options]", "-z"]


def group(inner):
    sequence = st.lists(inner, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        sequence.map("[{}]".format),
        sequence.map("({})".format),
        st.lists(sequence, min_size=2, max_size=2).map(lambda both: f"({' | '.join(both)})"),
        st.lists(sequence, min_size=2, max_size=2).map(lambda both: f"[{' | '.join(both)}]"),
        inner.filter(lambda text: text != "[options]").map("{}...".format),
    )


OPTIONS = "\nOptions:\n  --dd=<d>  D.\n  --ee  E.\n"
LINE = st.lists(st.recursive(st.sampled_from(LEAVES), group, max_leaves=5), min_size=1, max_size=4).map(" ".join)
TEXT = st.lists(LINE, min_size=1, max_size=2).map(
    lambda lines: (
        "Usage:\n" + "".join(f"  task {line}\n" for line in lines) + "\nOptions:\n  --dd=<d>  D.\n  --ee  E.\n"
    )
)

VALUES = {
    "flag": [True, False, None],
    "option": ["1", "-1", "", "--", "go", None, 2, -0.5, ("a", "b"), ("a",)],
    "argument": ["1", "-1", "-z", "--aa", "go", "", None, ("a", "b"), ("a",), -3],
}
NAMES = {
    "aa": "flag",
    "bb": "flag",
    "ee": "flag",
    "go": "flag",
    "z": "flag",
    "xx": "option",
    "yy": "option",
    "dd": "option",
    "p": "argument",
    "q": "argument",
}


@st.composite
def sweeps(draw):
    schema = schema_from(draw(TEXT))
    names = draw(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=4, unique=True))
    axes = {name: draw(st.lists(st.sampled_from(VALUES[NAMES[name]]), min_size=1, max_size=3)) for name in names}
    # equal values are one value: True and 1 are not among the same axis's choices
    return schema, {name: list(dict.fromkeys(axis)) for name, axis in axes.items()}


def taken(schema, rendering, point):
    """Whether docopt takes the point's line and gives each element its value; by the definition, without factoring."""
    try:
        argv = render(rendering, point, placeholders=SAMPLE)
        parsed = docopt.docopt(schema.text, list(argv), False)
    except (CheckError, docopt.DocoptExit, docopt.DocoptLanguageError):
        return False
    for step in (*rendering.options, *rendering.positionals):
        value, got = point.get(step.name), parsed.get(step.element)
        if value is None or value == ():
            continue
        if step.kind in ("flag", "command"):
            wrong = int(got or 0) != int(value)
        else:
            texts = [str(one) for one in (value if isinstance(value, tuple) else (value,))]
            wrong = (got if isinstance(got, list) else [got]) != texts
        if wrong:
            return False
    return True


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_sweep_passes_just_where_every_point_would(data):
    try:
        schema, axes = data.draw(sweeps())
    except CheckError:
        assume(False)
    rendering = bind(schema, axes)
    assume(not rendering.problems)
    every = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    silent = any(set(axis) == {False, None} for axis in axes.values())
    expected = not silent and all(taken(schema, rendering, point) for point in every)
    found = check_points(rendering, [grid(axes)])
    assert (not found) is expected, (schema.text, axes, [str(problem) for problem in found])
