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
from sweeper.usage.schema import describe

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

TRICKY = [
    "[--aa | --bb] [--xx=<v>] <p>",
    "(--aa | --bb) [options] [<p>]",
    "[go] [<p>] [options]",
    "[(--aa --bb)] [--xx=<v>]",
    "[(--xx=<v> <p>)] [--aa]",
    "[([--aa] <p>)] [--bb]",
    "[--aa] [--bb] [--xx=<v>] [--yy=<v>]",
    "[--xx=<v>]... <p>... [options]",
    "go [--aa] <p>\n  task [--bb] <p> <q>",
]
TEXT = st.one_of(TEXT, st.sampled_from(TRICKY).map(lambda lines: f"Usage:\n  task {lines}\n{OPTIONS}"))

FLAG = st.sampled_from([[True], [True, False], [False, True, None]])
OPTION = st.one_of(
    st.sampled_from([["1"], ["1", 2], ["1", "2", None], [("a",), ("a", "b")], [None, "1"]]),
    st.lists(st.sampled_from(["1", "-1", "", "--", "go", None, 2, -0.5, ("a", "b"), ("a",)]), min_size=1, max_size=3),
)
ARGUMENT = st.one_of(
    st.sampled_from([["x"], ["x", "y"], ["x", None], [("a",), ("a", "b")], ["go", "x"], ["-1", "x"]]),
    st.lists(st.sampled_from(["1", "-z", "--aa", "go", "", None, ("a", "b"), -3]), min_size=1, max_size=3),
)
PLAIN = {"flag": [False, True], "command": [False, True], "option": [None, "1"], "argument": [None, "x", "go"]}
AXES = {"flag": FLAG, "command": FLAG, "option": OPTION, "argument": ARGUMENT}


@st.composite
def sweeps(draw):
    schema = schema_from(draw(TEXT))
    known = {one.name: one.kind for one in describe(schema)}
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=5, unique=True))
    names += [one.name for one in describe(schema) if one.required and one.name not in names]
    if draw(st.booleans()):
        # Mostly nothing first: what only a combination breaks is then not in the first line that is tried.
        return schema, {name: PLAIN[known[name]][:: draw(st.sampled_from([1, 1, -1]))] for name in names}
    # equal values are one value: no axis has both True and 1
    return schema, {name: list(dict.fromkeys(draw(AXES[known[name]]))) for name in names}


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


@settings(max_examples=150, deadline=None)
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
