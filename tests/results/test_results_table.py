"""What a person reads, and what a program does."""

import csv
import io
import json
import math
import subprocess
import sys

from sweeper.model import Metric, Reason, State
from sweeper.results.frame import frame
from sweeper.results.table import as_table, short_ids
from sweeper.results.top import top
from sweeper.results.writers import as_csv, as_json

UP = Metric()


def trials():
    return [
        {"id": "aaaaaaaa1111", "params": {"lr": 0.1, "opt": "adam", "epochs": 3}, "metric": 0.91234567},
        {"id": "bbbbbbbb2222", "params": {"lr": 0.01, "opt": "sgd", "momentum": 0.5, "epochs": 3}, "metric": 0.95},
        {"id": "cccccccc3333", "params": {"lr": 1.0, "opt": "adam", "epochs": 3}, "metric": math.nan},
        {
            "id": "dddddddd4444",
            "params": {"lr": 9.0, "opt": "adam", "epochs": 3},
            "state": State.FAILED,
            "note": "boom\nbang",
        },
    ]


def test_the_table_says_what_is_ranked_and_shows_only_what_varies(ledger, fresh):
    rows = top(ledger, fresh(trials()), metric=UP)
    assert as_table(rows, sweep="digits-7f3a", metric=UP).split("\n") == [
        "digits-7f3a: accuracy (last reported), highest first",
        "the same in all: epochs=3",
        "",
        "rank  trial       lr  opt   momentum  accuracy  state      note",
        "   1  bbbbbbbb  0.01  sgd        0.5      0.95  succeeded",
        "   2  aaaaaaaa   0.1  adam            0.912346  succeeded",
        "      cccccccc     1  adam                      succeeded  nan",
        r"      dddddddd     9  adam                      failed     boom\nbang",
    ]


def test_a_trial_that_was_stopped_early_is_ranked_and_marked(ledger, fresh):
    given = {"metric": 0.5, "state": State.SUCCEEDED, "reason": Reason.STOPPED_EARLY, "params": {"x": 2}}
    rows = top(ledger, fresh([{"metric": 0.75, "params": {"x": 1}}, given]), metric=UP)
    lines = as_table(rows, sweep="s", metric=UP).split("\n")
    assert [line.split()[0] for line in lines[-2:]] == ["1", "2"]
    assert [line.endswith("stopped early") for line in lines[-2:]] == [False, True]


def test_the_first_line_says_how_the_number_was_made():
    metric = Metric(name="loss", goal="minimize", reduce="min")
    assert as_table([], sweep="s", metric=metric) == "s: loss (lowest reported), lowest first\nno trials yet"
    assert as_table([], sweep="s", metric=UP, repeats=3).startswith(
        "s: accuracy (last reported, mean of 3 runs), highest"
    )


def test_repeats_show_mean_deviation_and_count(ledger, fresh):
    sweep = fresh(
        [{"id": f"p-{k}", "point": "p", "metric": value, "params": {"x": 1}} for k, value in enumerate([0.5, 0.75])]
    )
    lines = as_table(top(ledger, sweep, metric=UP, repeats=2), sweep="s", metric=UP, repeats=2).split("\n")
    assert lines[-2].split() == ["rank", "trial", "x", "accuracy", "std", "n", "state"]
    assert lines[-1].split() == ["1", "p-1", "1", "0.625", "0.176777", "2", "succeeded"]


def test_code_that_changed_between_trials_is_a_column(ledger, fresh):
    sweep = fresh([{"metric": 0.5, "digest": "1" * 64}, {"metric": 0.4, "digest": "2" * 64}])
    assert "code" in as_table(top(ledger, sweep, metric=UP), sweep="s", metric=UP).split("\n")[-3]


def test_a_parameter_may_be_called_like_a_column_of_the_table(ledger, fresh):
    sweep = fresh(
        [{"metric": 0.5, "params": {"rank": 3, "accuracy": 1}}, {"metric": 0.4, "params": {"rank": 4, "accuracy": 2}}]
    )
    assert as_table(top(ledger, sweep, metric=UP), sweep="s", metric=UP).split("\n")[2:] == [
        "rank  trial  rank  accuracy  accuracy  state",
        "   1  t0        3         1       0.5  succeeded",
        "   2  t1        4         2       0.4  succeeded",
    ]


def test_short_ids_stay_apart():
    assert short_ids(["aaaaaaaabbbb", "aaaaaaaabccc", "ffff"]) == ["aaaaaaaabb", "aaaaaaaabc", "ffff"]
    assert short_ids(["aaaaaaaabbbb-0", "aaaaaaaabbbb-1"]) == ["aaaaaaaabbbb-0", "aaaaaaaabbbb-1"]
    assert short_ids(["abcdefghijkl"] * 2) == ["abcdefgh"] * 2


def test_json_is_strict(ledger, fresh):
    sweep = fresh(
        [
            {"metric": math.inf, "metric_note": "inf"},
            {"metric": math.nan},
            {"metric": 0.5, "params": {"x": ("é", None)}},
        ]
    )
    text = as_json(top(ledger, sweep, metric=UP))
    rows = json.loads(text, parse_constant=lambda word: 1 / 0)
    assert [row["metric"] for row in rows] == [0.5, None, None]
    assert [row["note"] for row in rows] == ["", "inf", "nan"]
    assert rows[0]["params"] == {"x": ["é", None]}


def test_csv_has_the_columns_of_the_frame(ledger, fresh):
    sweep = fresh([*trials(), {"metric": 0.1, "params": {"opt": 'a,"b"\n', "lr": ["x"], "momentum": True}}])
    header, *rows = csv.reader(io.StringIO(as_csv(top(ledger, sweep, metric=UP))))
    assert [name for name in header if name != "std"] == list(frame(ledger, sweep, metric=UP).columns)
    assert [row[header.index("rank")] for row in rows] == ["1", "2", "3", "", ""]
    odd = dict(zip(header, rows[2], strict=True))
    assert (odd["opt"], odd["lr"], odd["momentum"], odd["epochs"]) == ('a,"b"\n', '["x"]', "true", "")


def test_the_fast_path_imports_no_pandas():
    modules = ", ".join(f"sweeper.results.{name}" for name in ("top", "table", "writers", "frame"))
    code = f"import sys; import {modules}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()
    assert "sweeper.results.frame" in loaded
    assert not {"pandas", "numpy", "rich", "yaml", "sqlite3"} & set(loaded)
