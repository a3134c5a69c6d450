"""``sweeper results``: which rows, which columns, groups, attempts, and Parquet."""

from __future__ import annotations

import csv
import io
import os

import pytest
from command_lab import is_refused

from sweeper.ledger import JobRow, SweepRow, TrialRow, open_ledger
from sweeper.model import Measurement, Metric, Reason, State

SWEEP = "toy-000001"


@pytest.fixture
def kept(lab):
    """A sweep as a launch leaves it: three optimizers, one with a conditional momentum, one trial that failed."""
    points = [
        ({"optimizer": "sgd", "batch-size": 32, "momentum": 0.9}, 0.5),
        ({"optimizer": "sgd", "batch-size": 64, "momentum": None}, 0.7),
        ({"optimizer": "adam", "batch-size": 32}, 0.9),
        ({"optimizer": "adam", "batch-size": 64}, 0.8),
        ({"optimizer": "lion", "batch-size": 64}, None),
    ]
    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "toy", 1.0, metric=Metric(name="score"), total=len(points)))
        ledger.put_trials(
            TrialRow(
                *(SWEEP, f"t{number}", number, f"t{number}"),
                params=params,
                metric=score,
                state=State.FAILED if score is None else State.SUCCEEDED,
                reason=Reason.CODE if score is None else Reason.NONE,
                started=10.0,
                ended=10.0 + number,
            )
            for number, (params, score) in enumerate(points)
        )
        ledger.add_measurements(SWEEP, "t1", [Measurement("loss", 2.0, 1), Measurement("loss", 0.25, 2)])
    return lab


def trials(lab, *options):
    return [row["trial"] for row in lab.run("results", *options, "--json").json]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("batch-size > 32", ["t3", "t1", "t4"]),
        ("batch-size > 32 and optimizer != 'lion'", ["t3", "t1"]),
        ("metric >= 0.7", ["t2", "t3", "t1"]),
        ("score >= 0.7", ["t2", "t3", "t1"]),
        ("loss < 1", ["t1"]),
        ("momentum == null or momentum > 0", ["t1", "t0"]),
        ("momentum != 7", ["t1", "t0"]),
        ('state == "failed"', ["t4"]),
        ("seconds in [1, 2] and n == 1", ["t2", "t1"]),
        ("rank <= 2", ["t2", "t3"]),
        ("batch-size < 0", []),
    ],
)
def test_where_keeps_the_rows_for_which_it_holds(kept, condition, found):
    assert trials(kept, f"--where={condition}") == found


def test_where_keeps_ranks_and_top_counts_what_matches(kept):
    rows = kept.run("results", "--where", "optimizer == 'sgd'", "--top=1", "--json").json
    assert [(row["trial"], row["rank"]) for row in rows] == [("t1", 3)]
    text = kept.run("results", "--where=optimizer == 'sgd'").out
    assert "the same in all: optimizer=sgd" in text
    assert kept.run("results", "--where=batch-size > 99").out.endswith("no row matches\n")


@pytest.mark.parametrize(
    ("option", "said", "hint"),
    [
        ("--where=batch_sise > 3", "--where: 'batch_sise' is no parameter", "did you mean batch-size?"),
        ("--where=batch-size >", "--where: expected a parameter", ""),
        ("--where=batch-size = 3", "'=' is not understood here, at column 12", "equality is written =="),
        ("--where=1 < 2", "--where: the condition names nothing", ""),
        ("--where=optimizer > 3", "--where: cannot tell which is greater", ""),
        ("--where=__import__('os')", "'__import__' is no parameter", "known:"),
        ("--columns=optimiser", "--columns: 'optimiser' is no parameter", "did you mean optimizer?"),
        ("--columns=metric,,n", "--columns: expected names", "--columns=optimizer,metric"),
        ("--columns=n,n", "--columns: expected names", ""),
        ("--group-by=optimiser", "--group-by: 'optimiser'", "did you mean optimizer?"),
        ("--group-by=trial", "--group-by: 'trial' is a column of the groups", ""),
    ],
)
def test_what_cannot_be_meant_is_told(kept, option, said, hint):
    is_refused(kept.run("results", option), said, hint)


@pytest.mark.parametrize(
    "pair",
    [
        ("--csv", "--json"),
        ("--csv", "--parquet=f"),
        ("--group-by=optimizer", "--columns=n"),
        ("--group-by=optimizer", "--all-attempts"),
    ],
)
def test_what_does_not_go_together_is_told(kept, pair):
    is_refused(kept.run("results", *pair), "choose one")


def test_columns_choose_and_order(kept):
    options = ("--columns=metric, momentum,optimizer,loss", "--where=optimizer=='sgd'")
    assert [list(row.items()) for row in kept.run("results", *options, "--json").json] == [
        [("metric", 0.7), ("momentum", None), ("optimizer", "sgd"), ("loss", 0.25)],
        [("metric", 0.5), ("momentum", 0.9), ("optimizer", "sgd"), ("loss", None)],
    ]
    assert kept.run("results", *options, "--csv").out == (
        "metric,momentum,optimizer,loss\n0.7,,sgd,0.25\n0.5,0.9,sgd,\n"
    )
    assert [line.split() for line in kept.run("results", *options, "--top=1").out.splitlines()[2:]] == [
        ["metric", "momentum", "optimizer", "loss"],
        ["0.7", "sgd", "0.25"],
    ]


def test_groups_show_what_each_value_has_come_to(kept):
    adam, sgd, lion = kept.run("results", "--group-by=optimizer", "--json").json
    assert adam == {
        "optimizer": "adam",
        "mean": pytest.approx(0.85),
        "std": pytest.approx(0.1 / 2**0.5),
        "n": 2,
        "rows": 2,
        "best": 0.9,
        "trial": "t2",
    }
    assert (sgd["optimizer"], sgd["mean"], sgd["n"], sgd["trial"]) == ("sgd", pytest.approx(0.6), 2, "t1")
    assert lion == {"optimizer": "lion", **dict.fromkeys(["mean", "std", "best", "trial"]), "n": 0, "rows": 1}


def test_groups_of_several_names_tell_what_is_absent_and_take_where_and_top(kept):
    rows = kept.run(
        "results", "--group-by=optimizer,momentum", "--where=batch-size==32", "--top=1", "--csv"
    ).out.splitlines()
    assert rows == ["optimizer,momentum,mean,std,n,rows,best,trial", "adam,,0.9,,1,1,0.9,t2"]
    assert kept.run("results", "--group-by=optimizer").out.splitlines()[2].split()[0] == "optimizer"


def test_a_sweep_without_trials_refuses_no_name(lab):
    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "toy", 1.0))
    for option in ("--where=x > 3", "--columns=x", "--group-by=x"):
        assert lab.run("results", option, "--json").json == []
        assert lab.run("results", option).code == 0


def test_several_sweeps_share_the_names_and_tell_whose_a_row_is(kept):
    with open_ledger(kept.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow("other-1", "other", 2.0, metric=Metric(name="gain")))
        ledger.put_trials([TrialRow("other-1", "u0", 0, "u0", params={"x": 1}, metric=3.0, state=State.SUCCEEDED)])
    found = kept.run("results", SWEEP, "other", "--where=x == 1", "--columns=x,gain,score", "--json").json
    assert found == [{"sweep": "other-1", "x": 1, "gain": 3.0, "score": None}]


def test_all_attempts_have_a_row_each_and_earlier_ones_no_number(lab):
    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "toy", 1.0, metric=Metric(name="score"), total=1))
        ledger.put_trials([TrialRow(SWEEP, "t0", 0, "t0", params={"x": 1})])
        for attempt, state, note in ((1, State.FAILED, "KeyError: 'x'"), (2, State.SUCCEEDED, "")):
            intent = JobRow(SWEEP, "t0", attempt, args=("--x=1",), submitted=1.0)
            ledger.record(None, intent, time=1.0)
            ended = JobRow(SWEEP, "t0", attempt, state, args=("--x=1",), started=1.0, ended=1.0 + attempt, note=note)
            ledger.record(intent, ended, time=9.0)
        ledger.set_metric(SWEEP, "t0", 4.0)
    rows = lab.run("results", "--all-attempts", "--json").json
    assert [
        (row["attempt"], row["rank"], row["state"], row["metric"], row["seconds"], row["note"]) for row in rows
    ] == [
        (2, 1, "succeeded", 4.0, 2.0, ""),
        (1, None, "failed", None, 1.0, "KeyError: 'x'"),
    ]
    assert trials(lab) == ["t0"]
    head, first, second = lab.run("results", "--all-attempts").out.splitlines()[-3:]
    assert head.split() == ["rank", "trial", "attempt", "score", "state", "note"]
    assert ("succeeded" in first, "failed" in second) == (True, True)
    table = list(csv.DictReader(io.StringIO(lab.run("results", "--all-attempts", "--csv", "--where=attempt == 1").out)))
    assert [(row["trial"], row["attempt"], row["state"]) for row in table] == [("t0", "1", "failed")]


def test_parquet_without_an_engine_is_told(kept):
    # An interpreter in which pandas has no engine, whatever is installed here.
    code = (
        "import sys\nsys.modules['pyarrow'] = sys.modules['fastparquet'] = None\nfrom sweeper.cli import main\n"
        "sys.exit(main(['results', '--parquet=out.parquet']))"
    )
    found = kept.end(kept.start_code(code))
    is_refused(found, "--parquet: pandas needs an engine", 'pip install "sweeper[parquet]"')
    assert not os.path.exists("out.parquet")


def test_parquet_holds_the_rows_that_were_asked_for(kept):
    pytest.importorskip("pyarrow")
    import pandas as pd

    found = kept.run("results", "--parquet=out.parquet", "--where=batch-size == 32", "--json")
    assert found.json == {"file": "out.parquet", "rows": 2}
    table = pd.read_parquet("out.parquet")
    assert list(table["trial"]) == ["t2", "t0"]
    assert table["metric"].tolist() == [0.9, 0.5]
    assert {"batch-size", "momentum", "seconds", "note"} <= set(table.columns)


def test_parquet_takes_a_parameter_of_mixed_kinds_as_text(lab):
    pytest.importorskip("pyarrow")
    import pandas as pd

    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "toy", 1.0))
        values = [64, "64,32", (1, 2), True, None]
        ledger.put_trials(TrialRow(SWEEP, f"t{n}", n, f"t{n}", params={"h": value}) for n, value in enumerate(values))
    assert lab.run("results", "--parquet=out.parquet", "--columns=h").err == "wrote 5 rows to out.parquet\n"
    assert pd.read_parquet("out.parquet")["h"].tolist()[:4] == ["64", "64,32", "[1, 2]", "true"]
