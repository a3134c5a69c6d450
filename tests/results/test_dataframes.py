"""The tables of the Python API: their columns are those of the reference, their values those of the ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from sweeper.model import Measurement, Metric, State
from sweeper.results import dataframes
from sweeper.results.frame import frame
from sweeper.results.top import top
from sweeper.results.writers import READABLE, as_json

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "python.md").read_text()
METRIC = Metric()


def documented(method):
    """(column, dtype) of every row of the table below the method's heading."""
    section = PAGE.partition(f"### `{method}")[2].partition("\n### ")[0]
    return re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", section, re.MULTILINE)


def shown(table):
    """The same of a table, with the sweep's own names left open."""
    return [
        (
            re.sub(r"^(params|values|metrics)\..*", r"\1.<name>", name),
            "any" if name.startswith("params.") else str(kind),
        )
        for name, kind in table.dtypes.items()
    ]


ROWS = [
    {"metric": 0.5, "params": {"x": 1, "rank": "a"}, "point": "p", "seed": 7, "started": 10.0, "ended": 12.0},
    {"metric": 0.75, "params": {"x": 1, "rank": "a"}, "point": "p", "seed": 8, "repeat": 1, "digest": "d"},
    {"metric": 0.25, "params": {"x": 2.5}, "point": "q", "seed": 7},
    {
        "state": State.FAILED,
        "params": {"x": 2.5},
        "point": "q",
        "seed": 8,
        "repeat": 1,
        "note": "ValueError",
        "code": 1,
    },
]
CURVES = [
    (
        "t0",
        [Measurement("accuracy", 0.25, 1, 5.0), Measurement("accuracy", 0.5, 2, 6.0), Measurement("my loss", 2.0, 1)],
    ),
    ("t1", [Measurement("accuracy", 0.75, 1)]),
    ("t3", [Measurement("my loss", float("nan"), 1)]),
]


@pytest.fixture(scope="module")
def sweep(ledger, fresh):
    made = fresh(ROWS)
    for trial, measured in CURVES:
        ledger.add_measurements(made, trial, measured)
    return made


@pytest.mark.parametrize("repeats", [1, 2])
def test_results_has_the_documented_columns_and_no_other(ledger, sweep, repeats):
    table = dataframes.results(ledger, sweep, metric=METRIC, repeats=repeats)
    assert list(dict.fromkeys(shown(table))) == [one for one in documented("results()") if one[0] != "values.<name>"]
    assert [name for name in table if "." in name] == ["params.x", "params.rank", "metrics.accuracy", "metrics.my loss"]


@pytest.mark.parametrize("repeats", [1, 2])
def test_several_metrics_fill_the_columns_that_are_empty_for_one(ledger, sweep, repeats):
    both = Metric(more=(Metric("my loss", "minimize"),))
    table = dataframes.results(ledger, sweep, metric=both, repeats=repeats)
    assert list(dict.fromkeys(shown(table))) == documented("results()")
    first = table.iloc[0]
    assert (first["front"], first["pareto"]) == (0, True)
    assert [name for name in table if name.startswith("values.")] == ["values.accuracy", "values.my loss"]
    assert (first["values.accuracy"], first["values.my loss"]) == (first["metric"], 2.0)
    one = dataframes.results(ledger, sweep, metric=METRIC, repeats=repeats)
    assert one[["front", "pareto"]].isna().all(axis=None)
    assert set(one["violates"]) == {""}


def test_trials_has_the_documented_columns_and_no_other(ledger, sweep):
    table = dataframes.trials(ledger, sweep, metric=Metric(more=(Metric("my loss", "minimize"),)))
    assert list(dict.fromkeys(shown(table))) == documented("results()") + documented("trials()")


def test_measurements_has_the_documented_columns_and_no_other(ledger, sweep):
    assert shown(dataframes.measurements(ledger, sweep)) == documented("measurements(")


def test_the_columns_of_an_empty_sweep_are_the_same(ledger, fresh):
    nothing = fresh([])
    table = dataframes.results(ledger, nothing, metric=METRIC)
    assert list(table) == [name for name, _ in documented("results()") if "<" not in name]
    assert shown(dataframes.measurements(ledger, nothing)) == documented("measurements(")
    assert list(dataframes.trials(ledger, nothing, metric=METRIC))[-5:] == list(dataframes.OF_RUN)


def test_points_have_the_numbers_of_their_runs(ledger, sweep):
    table = dataframes.results(ledger, sweep, metric=METRIC, repeats=2, usd_per_hour=1800.0)
    first = table.iloc[0]
    assert (first["point"], first["metric"], first["n"], first["params.rank"]) == ("p", 0.625, 2, "a")
    assert (first["metrics.accuracy"], first["trial"]) == (0.75, "t1")
    assert table["params.rank"].isna().tolist() == [False, True]


def test_duration_and_cost_are_those_of_the_newest_attempt(ledger, sweep):
    table = dataframes.trials(ledger, sweep, metric=METRIC, usd_per_hour=1800.0).set_index("trial")
    assert (table.at["t0", "duration"], table.at["t0", "cost"]) == (2.0, 1.0)
    assert pd.isna(table.at["t1", "cost"])
    assert dataframes.results(ledger, sweep, metric=METRIC)["cost"].isna().all(), "nobody charges for this machine"


def test_who_is_tied_is_what_the_command_line_says(ledger, fresh):
    runs = [(0.9, 0.91, 0.92), (0.905, 0.9, 0.915), (0.1, 0.11, 0.12)]
    made = fresh(
        [
            {"metric": value, "point": f"p{point}", "seed": seed, "params": {"x": point}}
            for point, values in enumerate(runs)
            for seed, value in enumerate(values)
        ]
    )
    table = dataframes.results(ledger, made, metric=METRIC, repeats=3)
    assert table["tied"].tolist() == [True, True, False]
    assert dataframes.results(ledger, made, metric=METRIC)["tied"].isna().all()


def test_the_order_is_that_of_the_whole_table(ledger, sweep):
    for repeats in (1, 2):
        ours = dataframes.results(ledger, sweep, metric=METRIC, repeats=repeats)
        assert ours["trial"].tolist() == frame(ledger, sweep, metric=METRIC, repeats=repeats)["trial"].tolist()


def test_runs_of_a_point_can_be_told_apart(ledger, fresh):
    huge = 2**70
    made = fresh([{"metric": 0.5, "seed": huge, "repeat": 3, "number": 4}])
    (row,) = dataframes.trials(ledger, made, metric=METRIC).to_dict("records")
    assert (row["number"], row["repeat"], row["seed"], row["attempt"]) == (4, 3, huge, 0)
    assert pd.isna(row["code"])


def test_measurements_come_in_the_order_of_arrival_of_one_metric_or_of_all(ledger, sweep):
    table = dataframes.measurements(ledger, sweep)
    wanted = [(trial, one.metric, one.step, one.time) for trial, some in CURVES for one in some]
    found = list(table[["trial", "metric", "step", "time"]].itertuples(index=False, name=None))
    assert found == wanted
    assert table["value"].isna().tolist() == [False] * 4 + [True]
    assert table.groupby("trial", observed=True)["value"].max()["t0"] == 2.0
    one = dataframes.measurements(ledger, sweep, name="my loss")
    assert one["trial"].tolist() == ["t0", "t3"]
    assert dataframes.measurements(ledger, sweep, name="nothing").empty


def test_removed_trials_are_left_out(ledger, fresh):
    made = fresh([{"metric": 0.5}, {"metric": 0.9, "removed": True}])
    ledger.add_measurements(made, "t1", [Measurement("accuracy", 0.9)])
    assert dataframes.trials(ledger, made, metric=METRIC)["trial"].tolist() == ["t0"]


def test_all_rows_are_read_at_once_as_some_are_read_by_name(ledger, sweep):
    some = top(ledger, sweep, metric=METRIC, n=len(ROWS))
    assert as_json(top(ledger, sweep, metric=METRIC)) == as_json(some)
    assert list(some[1]["metrics"]) == ["accuracy", "my loss"], "in the order in which the last of each arrived"


def test_many_rows_are_the_same_json_a_line_each(ledger, sweep):
    rows = [*top(ledger, sweep, metric=METRIC), {"text": 'a\nb "c"\u2028é', "empty": {}, "list": [1, [float("inf")]]}]
    many = rows * (READABLE // len(rows) + 1)
    text = as_json(many)
    assert json.loads(text) == json.loads(as_json(rows)) * (len(many) // len(rows))
    assert text.count("\n") == len(many) + 1
    assert as_json([]) == "[]"
