"""The order of results: pandas defines it, SQL is held equal to it."""

import math
import statistics

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.ledger import JobRow
from sweeper.model import Measurement, Metric, Reason, State
from sweeper.results.frame import frame
from sweeper.results.top import best, top

UP, DOWN = Metric(), Metric(name="loss", goal="minimize")


def order(ledger, sweep, metric=UP, **how):
    return [row["trial"] for row in top(ledger, sweep, metric=metric, **how)]


def test_the_goal_decides_who_comes_first(ledger, fresh):
    sweep = fresh([{"metric": 0.2}, {"metric": 0.3}, {"metric": 0.1}])
    assert order(ledger, sweep) == ["t1", "t0", "t2"]
    assert order(ledger, sweep, DOWN) == ["t2", "t0", "t1"]
    assert order(ledger, sweep, n=2) == ["t1", "t0"]
    assert list(frame(ledger, sweep, metric=DOWN)["trial"]) == ["t2", "t0", "t1"]


ALL_KINDS = [
    {"state": State.QUEUED},
    {"state": State.RUNNING, "metric": 0.99},
    {"state": State.LOST, "note": "the machine went away"},
    {"state": State.CANCELLED, "reason": Reason.USER},
    {"state": State.FAILED, "reason": Reason.CODE, "note": "ValueError: no", "metric": 0.98},
    {"metric": None, "metric_note": "no measurement named 'accuracy' (found: loss)"},
    {"metric": math.nan},
    {"metric": math.inf, "metric_note": "inf"},
    {"metric": 0.5},
    {"metric": 0.5, "reason": Reason.STOPPED_EARLY},
    {"metric": 0.6},
    {"metric": 0.97, "removed": True},
    {"state": State.SUBMITTING},
]
NOTES = {
    "t10": "",
    "t8": "",
    "t9": "",
    "t5": "no measurement named 'accuracy' (found: loss)",
    "t6": "nan",
    "t7": "inf",
    "t2": "the machine went away",
    "t3": "user",
    "t4": "ValueError: no",
    "t1": "still running",
    "t0": "queued",
    "t12": "not started",
}


@pytest.mark.parametrize("metric", [UP, DOWN])
def test_what_has_no_finite_number_ranks_last_and_says_why(ledger, fresh, metric):
    rows = top(ledger, fresh(ALL_KINDS), metric=metric)
    said = {row["trial"]: row["note"] for row in rows}
    assert said == NOTES
    assert list(said)[3:] == list(NOTES)[3:], "in the groups' order, by number within each"
    assert [row["rank"] for row in rows] == [1, 2, 3] + [None] * 9
    assert [row["n"] for row in rows] == [1, 1, 1] + [0] * 9


def test_equal_numbers_keep_the_trials_order_and_removed_trials_are_left_out(ledger, fresh):
    sweep = fresh(ALL_KINDS)
    assert order(ledger, sweep)[:3] == ["t10", "t8", "t9"]
    assert order(ledger, sweep, DOWN)[:3] == ["t8", "t9", "t10"]
    assert "t11" not in order(ledger, sweep)
    assert "t11" not in set(frame(ledger, sweep, metric=UP)["trial"])


def test_a_failed_trials_number_is_not_shown_and_a_running_ones_is(ledger, fresh):
    shown = {row["trial"]: row["metric"] for row in top(ledger, fresh(ALL_KINDS), metric=UP)}
    assert shown["t4"] is None
    assert shown["t1"] == 0.99


def test_a_row_has_what_scripts_rely_on(ledger, fresh):
    sweep = fresh(
        [{"metric": 0.5, "started": 10.0, "ended": 12.5, "digest": "d1", "params": {"h": ("64", "32"), "on": True}}]
    )
    queued = JobRow(sweep, "t0", 1, args=("--h", "64,32"))
    ledger.record(None, queued, time=1.0)
    steps = [Measurement("loss", 2.0, 1), Measurement("loss", math.nan, 2), Measurement("accuracy", 0.5, 1)]
    ledger.add_measurements(sweep, "t0", steps)
    (row,) = top(ledger, sweep, metric=UP)
    assert {"rank", "trial", "point", "state", "params", "metric", "metrics", "n", "argv"} <= row.keys()
    assert row["argv"] == ["--h", "64,32"]
    assert row["params"] == {"h": ["64", "32"], "on": True}
    assert row["metrics"]["accuracy"] == 0.5
    assert math.isnan(row["metrics"]["loss"])


def test_the_last_value_of_each_metric_is_the_one_that_arrived_last(ledger, fresh):
    sweep = fresh([{"metric": 0.5}, {"metric": 0.4}])
    for trial, values in (("t0", [3.0, 1.0, 2.0]), ("t1", [7.0])):
        ledger.add_measurements(
            sweep, trial, [Measurement("loss", value, 9 - step) for step, value in enumerate(values)]
        )
    assert [row["metrics"] for row in top(ledger, sweep, metric=UP)] == [{"loss": 2.0}, {"loss": 7.0}]


def test_times_and_code_are_told(ledger, fresh):
    sweep = fresh([{"metric": 0.5, "started": 10.0, "ended": 12.5, "digest": "d1"}, {"metric": 0.4, "started": 1.0}])
    first, second = top(ledger, sweep, metric=UP)
    assert (first["seconds"], first["digest"]) == (2.5, "d1")
    assert second["seconds"] is None


def test_a_sweep_without_trials_gives_an_empty_table(ledger, fresh):
    sweep = fresh([])
    assert top(ledger, sweep, metric=UP) == []
    assert best(ledger, sweep, metric=UP) is None
    for repeats in (1, 3):
        table = frame(ledger, sweep, metric=UP, repeats=repeats)
        assert len(table) == 0
        assert {"rank", "trial", "metric", "n", "note"} <= set(table.columns)


def test_there_is_no_best_row_before_a_trial_succeeded(ledger, fresh):
    assert best(ledger, fresh([{"state": State.RUNNING, "metric": 0.9}]), metric=UP) is None
    assert best(ledger, fresh([{"metric": 0.1}, {"metric": 0.9}]), metric=UP)["trial"] == "t1"


def runs(**points):
    """Trials of points: a number is a success, a word the state of one that is not."""
    rows, number = [], 0
    for point, values in points.items():
        for repeat, value in enumerate(values):
            how = {"state": State(value)} if isinstance(value, str) else {"metric": value}
            rows.append({"id": f"{point}-{repeat}", "point": point, "number": number, "repeat": repeat, **how})
            number += 1
    return rows


def test_a_point_ranks_by_the_mean_of_its_runs(ledger, fresh):
    sweep = fresh(runs(a=[0.9, 0.1, 0.2], b=[0.5, 0.6, 0.7]))
    first, second = top(ledger, sweep, metric=UP, repeats=3)
    assert (first["point"], first["metric"], first["n"], first["note"]) == ("b", pytest.approx(0.6), 3, "")
    assert first["std"] == pytest.approx(0.1)
    assert (second["point"], second["trial"]) == ("a", "a-0"), "shown by its best run"
    assert top(ledger, sweep, metric=DOWN, repeats=3)[0]["trial"] == "a-1"


def test_runs_without_a_number_are_left_out_of_the_mean_and_counted_in_the_note(ledger, fresh):
    sweep = fresh(
        runs(
            a=[0.5, "failed", 0.7],
            b=[math.nan, 0.4, "running"],
            c=["failed", "failed", "failed"],
            d=[0.3, None],
            e=[0.2],
        )
    )
    rows = {row["point"]: row for row in top(ledger, sweep, metric=UP, repeats=3)}
    assert {point: (row["n"], row["note"]) for point, row in rows.items()} == {
        "a": (2, "2 of 3 runs (1 failed)"),
        "b": (1, "1 of 3 runs (1 nan, 1 running)"),
        "c": (0, "failed"),
        "d": (1, "1 of 3 runs (1 without a number)"),
        "e": (1, "1 of 3 runs"),
    }
    assert rows["b"]["std"] is None
    assert rows["c"]["rank"] is None
    table = frame(ledger, sweep, metric=UP, repeats=3)
    assert list(table["point"]) == list(rows)
    assert list(table["rank"].isna()) == [False] * 4 + [True]


def test_parameters_are_columns_in_the_configs_order(ledger, fresh):
    points = [{"a": 1, "z": 2}, {"a": 1, "m": 0.5, "z": 2}, {"a": "x", "other": None}]
    table = frame(ledger, fresh([{"params": point, "metric": 0.5} for point in points]), metric=UP)
    assert list(table.columns) == [
        *("rank", "trial", "point", "state", "reason"),
        *("a", "m", "z", "other"),
        *("metric", "n", "started", "ended", "seconds", "note", "digest"),
    ]
    assert list(table["a"]) == [1, 1, "x"]
    assert table["m"].isna().tolist() == [True, False, True]


def test_a_parameter_called_like_a_column_gets_a_prefix(ledger, fresh):
    params = {"metric": 3, "rank": 4, "param_rank": 5, "number": 6, "place": 7, "std": 8}
    table = frame(ledger, fresh([{"params": params, "metric": 0.5}]), metric=UP)
    assert [
        table[name][0] for name in ("param_metric", "param_param_rank", "param_rank", "number", "place", "param_std")
    ] == [*(3, 4, 5, 6, 7, 8)]
    assert table["metric"][0] == 0.5


def test_the_tables_columns_have_the_types_one_computes_with(ledger, fresh):
    table = frame(ledger, fresh([{"state": State.FAILED}, {"state": State.RUNNING}]), metric=UP)
    assert table["metric"].dtype == "float64"
    assert table["seconds"].dtype == "float64"
    assert table["n"].dtype == "int64"
    assert table["rank"].dtype == "Int64"
    assert table["rank"].isna().all()


NUMBERS = (
    st.sampled_from([None, math.nan, math.inf, -math.inf, 0.0, -0.0, 0.1, 0.2, 0.3, 1e308, -1e308, 5e-324])
    | st.floats()
)
TRIALS = st.fixed_dictionaries(
    {
        "metric": NUMBERS,
        # a success is what most trials are
        "state": st.just(State.SUCCEEDED) | st.sampled_from(State),
        "reason": st.sampled_from([Reason.NONE, Reason.CODE]),
        "point": st.sampled_from("abc"),
        "removed": st.booleans() | st.just(False),
        "note": st.sampled_from(["", "boom"]),
        "params": st.sampled_from([{"x": 1}, {"y": "two"}, {}]),
    }
)


def with_note(trial):
    value = trial["metric"]
    return trial | {"metric_note": "" if value is None or math.isfinite(value) else str(value)}


@settings(max_examples=120, deadline=None)
@given(st.lists(TRIALS.map(with_note), max_size=8), st.sampled_from([UP, DOWN]), st.sampled_from([1, 2, 3]), st.data())
def test_the_fast_path_is_the_table(ledger, fresh, trials, metric, repeats, data):
    # Numbers in another order than the ids, to tell ties by number from ties by id.
    places = data.draw(st.permutations(range(len(trials))))
    sweep = fresh([trial | {"number": place} for trial, place in zip(trials, places, strict=True)])
    table = frame(ledger, sweep, metric=metric, repeats=repeats)
    for n in (*range(len(trials) + 2), None):
        rows = top(ledger, sweep, metric=metric, repeats=repeats, n=n)
        assert len(rows) == len(table.head(len(trials) if n is None else n))
        for row, (_, expected) in zip(rows, table.iterrows(), strict=False):
            _same_row(row, expected)


def _same_row(row, expected):
    for name in ("trial", "point", "state", "reason", "n", "note", "digest"):
        assert row[name] == expected[name], name
    for name in ("rank", "metric", "std", "seconds"):
        assert _same(row[name], expected.get(name)), name


def _same(one, other):
    return one == other or (_absent(one) and _absent(other))


def _absent(value):
    return value is None or pd.isna(value)


@given(st.lists(NUMBERS.filter(lambda v: v is not None and math.isfinite(v)), min_size=1, max_size=6), st.randoms())
def test_means_do_not_depend_on_the_order_of_the_runs(values, random):
    from sweeper.results.repeats import mean_and_std

    shuffled = values[:]
    random.shuffle(shuffled)
    mean, std = mean_and_std(values)
    assert mean_and_std(shuffled)[0] == mean
    assert math.isfinite(mean)
    assert (std is None) == (len(values) == 1)
    if all(abs(value) < 1e100 for value in values):
        assert mean == pytest.approx(statistics.fmean(values), rel=1e-12, abs=1e-300)
        if std is not None:
            assert std == pytest.approx(statistics.stdev(values), rel=1e-6, abs=1e-9 * max(map(abs, values)) + 1e-300)


def test_a_sweep_of_more_trials_than_one_statement_takes_keeps_every_row(ledger, fresh):
    sweep = fresh([{"metric": float(number)} for number in range(1203)])
    ledger.add_measurements(sweep, "t1", [Measurement("loss", 4.0)])
    rows = top(ledger, sweep, metric=DOWN)
    assert [row["trial"] for row in rows] == [f"t{number}" for number in range(1203)]
    assert rows[1]["metrics"] == {"loss": 4.0}
