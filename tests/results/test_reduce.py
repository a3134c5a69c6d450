"""Which of a trial's measurements counts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.model import Measurement, Metric
from sweeper.results.reduce import reduce

NAN, INF = math.nan, math.inf


def reduced(values, **metric):
    return reduce([Measurement("accuracy", value, step) for step, value in enumerate(values)], Metric(**metric))


TABLE = [
    # reduce, goal, reported -> number, note
    ("last", "maximize", [0.5, 0.9, 0.7], 0.7, ""),
    ("last", "minimize", [0.5, 0.9, 0.7], 0.7, ""),
    ("best", "maximize", [0.5, 0.9, 0.7], 0.9, ""),
    ("best", "minimize", [0.5, 0.9, 0.7], 0.5, ""),
    ("max", "minimize", [0.5, 0.9, 0.7], 0.9, ""),
    ("min", "maximize", [0.5, 0.9, 0.7], 0.5, ""),
    # the last one counts though it is no number: the trial ended badly
    ("last", "maximize", [0.5, NAN], NAN, "nan"),
    ("last", "maximize", [0.5, INF], INF, "inf"),
    ("last", "minimize", [0.5, -INF], -INF, "-inf"),
    ("last", "maximize", [NAN, 0.5], 0.5, ""),
    # the others look past what is not finite, and never let it win
    ("best", "maximize", [0.5, NAN, INF], 0.5, ""),
    ("best", "minimize", [NAN, -INF, 0.5], 0.5, ""),
    ("max", "maximize", [INF, 0.5], 0.5, ""),
    ("min", "maximize", [-INF, 0.5], 0.5, ""),
    # unless there is nothing else
    ("best", "maximize", [INF, NAN], NAN, "nan"),
    ("min", "maximize", [NAN, INF], INF, "inf"),
]


@pytest.mark.parametrize(("how", "goal", "values", "expected", "note"), TABLE)
def test_the_number_of_a_trial(how, goal, values, expected, note):
    value, said = reduced(values, reduce=how, goal=goal)
    assert value == expected or (math.isnan(value) and math.isnan(expected))
    assert said == note


def test_the_last_one_is_the_one_that_arrived_last_whatever_its_step():
    values = [Measurement("accuracy", 0.9, 10), Measurement("loss", 5.0, 11), Measurement("accuracy", 0.1, 1)]
    assert reduce(values, Metric()) == (0.1, "")


def test_a_metric_that_was_never_reported_is_named_beside_those_that_were():
    assert reduce([], Metric()) == (None, "no measurement named 'accuracy' (none at all)")
    other = [Measurement("loss", 1.0), Measurement("acc", 1.0), Measurement("loss", 2.0)]
    assert reduce(other, Metric()) == (None, "no measurement named 'accuracy' (found: loss, acc)")


@given(
    st.lists(st.floats(), min_size=1),
    st.sampled_from(["last", "best", "max", "min"]),
    st.sampled_from(["maximize", "minimize"]),
)
def test_a_note_is_there_exactly_where_the_number_is_not_finite(values, how, goal):
    value, note = reduced(values, reduce=how, goal=goal)
    assert bool(note) == (not math.isfinite(value))
    if how != "last" and any(map(math.isfinite, values)):
        assert math.isfinite(value)
