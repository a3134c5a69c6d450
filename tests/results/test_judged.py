"""Several objectives and conditions on metrics: who comes first, who is left out, and what a row then has."""

import csv
import io
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.model import Measurement, Metric, Reason, State
from sweeper.results.attempts import with_attempts
from sweeper.results.frame import frame
from sweeper.results.judged import judged, standing
from sweeper.results.reduce import reduce
from sweeper.results.table import as_table
from sweeper.results.top import best, top
from sweeper.results.verdict import mark
from sweeper.results.writers import as_csv

LOSS = Metric("loss", "minimize")
BOTH = Metric(more=(LOSS,))
SMALL = Metric(where=("size < 20",), watched=("size",))


@pytest.fixture
def measured(ledger, fresh):
    """measured(rows) -> a sweep; keys of a row that are no field of a trial are what it has reported."""

    def make(rows, names=("loss", "size")):
        sweep = fresh([{key: value for key, value in row.items() if key not in names} for row in rows])
        for number, row in enumerate(rows):
            for name in names:
                for step, value in enumerate(row[name] if isinstance(row.get(name), list) else [row.get(name)]):
                    if value is not None:
                        trial = row.get("id", f"t{number}")
                        ledger.add_measurements(sweep, trial, [Measurement(name, value, step)])
        return sweep

    return make


FIVE = [
    {"metric": 0.9, "loss": 3.0},
    {"metric": 0.8, "loss": 1.0},
    {"metric": 0.7, "loss": 2.0},
    {"metric": 0.8, "loss": 4.0},
    {"metric": 0.95, "loss": math.nan},
]


def test_the_front_comes_first_and_within_a_front_the_first_metric_decides(ledger, measured):
    rows = top(ledger, measured(FIVE), metric=BOTH)
    assert [(row["trial"], row["rank"], row["front"], row["pareto"]) for row in rows] == [
        ("t0", 1, 0, True),
        ("t1", 2, 0, True),
        ("t3", 3, 1, False),
        ("t2", 4, 1, False),
        ("t4", None, None, False),
    ]
    assert rows[0]["values"] == {"accuracy": 0.9, "loss": 3.0}
    assert rows[-1]["note"] == "loss: nan"


def test_each_metric_is_reduced_in_its_own_way(ledger, measured):
    sweep = measured([{"metric": 0.9, "loss": [3.0, 1.0, 2.0]}])
    values = {how: top(ledger, sweep, metric=Metric(more=(Metric("loss", "minimize", how),)))[0] for how in REDUCED}
    assert {how: row["values"]["loss"] for how, row in values.items()} == REDUCED


REDUCED = {"last": 2.0, "best": 1.0, "max": 3.0, "min": 1.0}


def test_a_trial_that_was_stopped_early_counts_with_its_best_of_each_objective(ledger, measured):
    sweep = measured([{"metric": 0.9, "loss": [3.0, 1.0, 2.0], "reason": Reason.STOPPED_EARLY}])
    assert top(ledger, sweep, metric=BOTH)[0]["values"]["loss"] == 1.0


FOUR = [
    {"metric": 0.9, "size": 30.0},
    {"metric": 0.7, "size": 10.0},
    {"metric": 0.8},
    {"metric": 0.95, "size": math.nan},
    {"metric": 0.6, "size": 19.0},
    {"state": State.FAILED, "note": "boom", "size": 1.0},
]


def test_what_breaks_a_condition_comes_after_what_meets_it_and_is_never_the_best(ledger, measured):
    sweep = measured(FOUR)
    rows = top(ledger, sweep, metric=SMALL)
    assert [(row["trial"], row["rank"], row["note"], row["violates"]) for row in rows] == [
        ("t1", 1, "", []),
        ("t4", 2, "", []),
        ("t3", None, "violates size < 20 (size is nan)", ["size < 20"]),
        ("t0", None, "violates size < 20", ["size < 20"]),
        ("t2", None, "violates size < 20 (size was not reported)", ["size < 20"]),
        ("t5", None, "boom", []),
    ]
    assert best(ledger, sweep, metric=SMALL)["trial"] == "t1"
    assert best(ledger, measured(FOUR[:1]), metric=SMALL) is None
    assert "front" not in rows[0]
    assert rows[-1]["values"] == {"accuracy": None, "size": None}


def test_a_condition_may_speak_of_the_metric_itself_and_of_several(ledger, measured):
    metric = Metric(where=("accuracy / size > 0.1 and size > 0",), watched=("size",))
    found = {
        row["trial"]: row["note"]
        for row in top(ledger, measured([*FOUR[:3], {"size": 0.0, "metric": 1.0}]), metric=metric)
    }
    assert found["t0"] == "violates accuracy / size > 0.1 and size > 0"
    assert found["t3"].startswith("violates accuracy / size > 0.1 and size > 0 (division by zero")


def test_a_point_is_judged_by_the_means_of_its_runs(ledger, measured):
    runs = [
        {"id": "a-0", "point": "a", "metric": 0.9, "size": 10.0},
        {"id": "a-1", "point": "a", "metric": 0.7, "size": 40.0},
        {"id": "b-0", "point": "b", "metric": 0.5, "size": 30.0},
        {"id": "b-1", "point": "b", "metric": 0.6, "size": 1.0},
        {"id": "b-2", "point": "b", "state": State.FAILED, "size": 99.0},
    ]
    rows = top(ledger, measured(runs), metric=SMALL, repeats=3)
    assert [(row["point"], row["rank"], row["note"]) for row in rows] == [
        ("b", 1, "2 of 3 runs (1 failed)"),
        ("a", None, "violates size < 20; 2 of 3 runs"),
    ]
    assert [row["values"]["size"] for row in rows] == [15.5, 25.0]


def test_who_is_tied_is_asked_of_those_that_meet_the_conditions(ledger, measured):
    runs = [
        {"id": f"{point}-{seed}", "point": point, "seed": seed, "metric": score + seed, "size": size}
        for point, score, size in (("a", 0.9, 50.0), ("b", 0.5, 5.0), ("c", 0.1, 5.0))
        for seed in (0, 1, 2)
    ]
    sweep = measured(runs)
    rows = top(ledger, sweep, metric=SMALL, repeats=3)
    assert "better than the other, with" in mark(ledger, sweep, rows, SMALL)
    assert [(row["point"], row["tied"]) for row in rows] == [("b", True), ("c", False), ("a", None)]


def test_the_table_has_a_column_for_each_metric_and_marks_the_front(ledger, measured):
    metric = Metric(more=(LOSS,), where=("size < 20",), watched=("size",))
    sweep = measured([{"metric": 0.9, "loss": 3.0, "size": 5}, {"metric": 0.8, "loss": 1.0, "size": 50}])
    rows = top(ledger, sweep, metric=metric)
    lines = as_table(rows, sweep="s", metric=metric).split("\n")
    assert lines[0] == (
        "s: accuracy (last reported, maximize) and loss (last reported, minimize); where size < 20; "
        "the Pareto front first, by accuracy"
    )
    assert [line.split() for line in lines[2:]] == [
        ["rank", "trial", "x", "accuracy", "loss", "size", "pareto", "state", "note"],
        ["1", "t0", "0", "0.9", "3", "5", "yes", "succeeded"],
        ["t1", "1", "0.8", "1", "50", "succeeded", "violates", "size", "<", "20"],
    ]
    assert list(standing(judged(ledger, sweep, metric, 1))) == [
        "on the Pareto front: 1 of 1",
        "1 left out by conditions",
    ]


def test_csv_and_frame_have_the_same_columns(ledger, measured):
    metric = Metric(more=(LOSS,), where=("size < 20",), watched=("size",))
    rows = [{"metric": 0.9, "loss": 3.0, "size": 5, "params": {"loss": 1, "front": 2}}, {"metric": 0.5, "loss": 1.0}]
    sweep = measured(rows)
    header, *lines = csv.reader(io.StringIO(as_csv(top(ledger, sweep, metric=metric))))
    table = frame(ledger, sweep, metric=metric)
    assert [name for name in header if name != "std"] == list(table.columns)
    assert header[5:13] == ["loss", "param_front", "x", "metric", "std", "n", "metric_loss", "size"]
    assert header[-3:] == ["front", "pareto", "violates"]
    assert [line[-3:] for line in lines] == [["0", "true", ""], ["", "false", "size < 20"]]
    assert table["violates"].tolist() == ["", "size < 20"]
    assert table["pareto"].tolist() == [True, False]


def test_earlier_attempts_have_no_numbers(ledger, measured):
    sweep = measured(FIVE)
    rows = with_attempts(ledger, sweep, top(ledger, sweep, metric=BOTH))
    assert len(rows) == 5


VALUES = st.none() | st.sampled_from([0.0, 0.5, 1.0, math.nan, math.inf])
TRIALS = st.fixed_dictionaries(
    {
        "metric": VALUES,
        "loss": VALUES,
        "size": VALUES,
        "state": st.just(State.SUCCEEDED) | st.sampled_from(State),
        "point": st.sampled_from("abc"),
    }
)
METRICS = st.sampled_from([BOTH, SMALL, Metric("m", "minimize", more=(LOSS, Metric("size")), where=("size >= loss",))])


@settings(max_examples=80, deadline=None)
@given(st.lists(TRIALS, max_size=7), METRICS, st.sampled_from([1, 2]))
def test_the_frame_is_the_table_whatever_the_trials_did(ledger, fresh, trials, metric, repeats):
    plain = [{key: value for key, value in trial.items() if key not in ("loss", "size")} for trial in trials]
    sweep = fresh(plain)
    for number, trial in enumerate(trials):
        reports = [Measurement(name, trial[name]) for name in ("loss", "size") if trial[name] is not None]
        ledger.add_measurements(sweep, f"t{number}", reports)
    rows, table = (
        top(ledger, sweep, metric=metric, repeats=repeats),
        frame(ledger, sweep, metric=metric, repeats=repeats),
    )
    assert list(table["trial"]) == [row["trial"] for row in rows]
    for row, (_, line) in zip(rows, table.iterrows(), strict=True):
        for name in ("rank", "metric", "std", "n", "note", *(["front"] if metric.more else [])):
            assert same(row.get(name), line.get(name)), name
        assert line["violates"] == " and ".join(row["violates"])
        assert not (row["rank"] and row["violates"])
    ranks = [row["rank"] for row in rows if row["rank"]]
    assert ranks == list(range(1, len(ranks) + 1))
    if metric.more:
        assert [row["front"] for row in rows if row["rank"]] == sorted(row["front"] for row in rows if row["rank"])


def same(one, other):
    return one == other or (absent(one) and absent(other))


def absent(value):
    return value is None or pd.isna(value)


@given(st.lists(st.sampled_from([0.0, 0.5, -1.0, math.nan, math.inf, -math.inf]), max_size=6), st.booleans())
def test_what_is_read_of_a_metric_tells_as_much_as_all_of_it(ledger, fresh, values, early):
    sweep = fresh([{"metric": 0.5, "reason": Reason.STOPPED_EARLY if early else Reason.NONE}])
    reports = [Measurement("loss", value, step) for step, value in enumerate(values)]
    ledger.add_measurements(sweep, "t0", reports)
    for goal in ("maximize", "minimize"):
        for how in REDUCED:
            other = Metric("loss", goal, how)
            expected = reduce(reports, Metric("loss", goal, "best" if early and how == "last" else how))[0]
            (found,) = judged(ledger, sweep, Metric(more=(other,)), 1)
            assert same(found.values["loss"], expected)
