"""Several metrics from the config to the table: launched, ranked, limited by conditions, searched."""

from __future__ import annotations

import csv
import io

import pytest

import sweeper
from sweeper.ledger.ledger import open_ledger
from sweeper.model import Metric

TRAINER = '''"""
Usage: two.py --x=<n> [--seed=<n>] [--job-dir=<dir>]
"""
import json, os
from docopt import docopt

args = docopt(__doc__)
x = float(args["--x"])
found = {"score": x * x, "size": 10 * x, "cost": abs(x - 3)}
if x == 5:
    del found["size"]
with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
    print(json.dumps(found), file=out)
'''
CONFIG = """\
name: two
trainer: two
metric: {metric}
parameters:
  x: {x}
{more}"""
BOTH = "[{name: score}, {name: cost, goal: minimize}]"
SMALL = "{name: score, where: 'size < 35'}"


@pytest.fixture
def two(lab):
    lab.write("two.py", TRAINER)

    def write(metric=BOTH, x="[1, 2, 3, 4, 5]", more=""):
        return lab.write("two.yaml", CONFIG.format(metric=metric, x=x, more=more))

    return write


def test_the_front_comes_first_and_each_metric_has_a_column(lab, two):
    said = lab.run("launch", two())
    assert (said.code, said.err.splitlines()[-2].split(" (trial")[0]) == (0, "best score: 25, cost 2")
    rows = lab.run("results", "--json").json
    assert [(row["params"]["x"], row["rank"], row["front"], row["pareto"]) for row in rows] == [
        (5, 1, 0, True),
        (4, 2, 0, True),
        (3, 3, 0, True),
        (2, 4, 1, False),
        (1, 5, 2, False),
    ]
    assert rows[0]["values"] == {"score": 25.0, "cost": 2.0}
    assert rows[0]["metrics"]["cost"] == 2.0
    text = lab.run("results").out
    assert "score (last reported, maximize) and cost (last reported, minimize); the Pareto front first" in text
    assert "\non the Pareto front: 3 of 5\n" in text
    table = list(csv.DictReader(io.StringIO(lab.run("results", "--csv").out)))
    assert [(row["metric"], row["cost"], row["front"], row["pareto"]) for row in table[2:4]] == [
        ("9.0", "0.0", "0", "true"),
        ("4.0", "1.0", "1", "false"),
    ]


def test_the_whole_front_keeps_its_files_unless_told_how_many(lab, two):
    lab.run("launch", two())
    assert "2 output folders" in lab.run("clean", "two", "--yes").err
    kept = {path.parent.name for path in (lab.folder / ".sweeper").glob("two-*/*/output")}
    assert kept == {row["trial"] for row in lab.run("results", "--json").json if row["pareto"]}
    assert lab.run("clean", "two", "--keep=1", "--json").json["kept"] == 1


def test_best_says_which_of_the_front_it_takes(lab, two):
    lab.run("launch", two())
    which = "score 25, cost 2, of the Pareto front the one with the best score"
    assert which in lab.run("best").out
    assert "best score: 25, cost 2 (trial" in lab.run("status").out
    best = lab.run("status", "--json").json["best"]
    assert (best["params"], best["pareto"], best["values"]) == ({"x": 5}, True, {"score": 25.0, "cost": 2.0})
    assert lab.run("best", "--json").json["front"] == 0


def test_what_breaks_a_condition_is_marked_and_never_the_best(lab, two):
    said = lab.run("launch", two(SMALL))
    assert "best score: 9, size 30 (trial" in said.err
    text = lab.run("results").out
    assert "score (last reported), highest first; where size < 35" in text
    assert "violates size < 35 (size was not reported)" in text
    assert "2 left out by conditions" in text
    rows = lab.run("results", "--json").json
    assert [(row["params"]["x"], row["rank"], row["violates"]) for row in rows] == [
        *((3, 1, []), (2, 2, []), (1, 3, [])),
        *((5, None, ["size < 35"]), (4, None, ["size < 35"])),
    ]
    assert lab.run("results", "--csv").out.splitlines()[4].endswith(",size < 35")


def test_where_nobody_meets_the_conditions_that_is_said(lab, two):
    said = lab.run("launch", two("{name: score, where: 'size < 1'}"))
    assert "no trial has reported score and met size < 1 (metric: in two.yaml)" in said.err
    assert lab.run("best").code == 2
    assert "has reported score and met size < 1 yet" in lab.run("best").err
    assert lab.run("status", "--json").json["best"] is None


def test_a_condition_that_comes_later_judges_what_has_run(lab, two):
    lab.run("launch", two("score"))
    assert lab.run("results", "--json").json[0]["params"]["x"] == 5
    assert "values" not in lab.run("results", "--json").json[0]
    assert lab.run("launch", two(SMALL)).code == 0
    assert lab.run("results", "--json").json[0]["params"]["x"] == 3


def test_plan_shows_what_ranks(lab, two):
    found = lab.run("plan", two("[{name: score, where: ['size < 35', 'cost > 0']}, cost]"))
    assert (
        "  ranked by score (last reported, maximize) and cost (last reported, maximize); where size < 35 and cost > 0"
        in found.out
    )
    assert "ranked by" not in lab.run("plan", two("score")).out


def test_rows_can_be_asked_for_by_any_metric(lab, two):
    lab.run("launch", two("[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]"))
    rows = lab.run(
        "results", "--where=cost <= 1 and size >= 20", "--columns=x,size,cost,pareto,violates", "--json"
    ).json
    assert rows == [
        {"x": 3, "size": 30.0, "cost": 0.0, "pareto": True, "violates": []},
        {"x": 2, "size": 20.0, "cost": 1.0, "pareto": False, "violates": []},
        {"x": 4, "size": 40.0, "cost": 1.0, "pareto": False, "violates": ["size < 35"]},
    ]


def test_sweeps_with_other_metrics_have_a_column_for_each(lab, two):
    lab.run("launch", two(x="[1]"))
    lab.write("other.yaml", CONFIG.format(metric=SMALL, x="[2]", more="").replace("name: two", "name: other"))
    lab.run("launch", "other.yaml")
    rows = list(csv.DictReader(io.StringIO(lab.run("results", "two", "other", "--csv").out)))
    assert [(row["metric"], row["cost"], row["size"], row["front"], row["violates"]) for row in rows] == [
        ("1.0", "2.0", "", "0", ""),
        ("4.0", "", "20.0", "", ""),
    ]


def test_repeats_are_means_of_each_metric(lab, two):
    lab.run("launch", two(x="[1, 4]", more="repeats: {count: 3, parameter: seed}\n"))
    rows = lab.run("results", "--json").json
    assert [(row["values"], row["n"], row["tied"]) for row in rows] == [
        ({"score": 16.0, "cost": 1.0}, 3, True),
        ({"score": 1.0, "cost": 2.0}, 3, False),
    ]
    assert "on the Pareto front: 1 of 2\n" in lab.run("results").out


def test_from_python_each_metric_has_a_column_too(lab, two):
    two("[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]")
    handle = sweeper.load("two.yaml")
    handle.launch()
    table = handle.results()
    assert [name for name in table if name.startswith("values.")] == ["values.score", "values.cost", "values.size"]
    assert table["pareto"].tolist() == [True, False, False, False, False]
    assert table["values.cost"].tolist()[:3] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("method", ["tpe", "nsga"])
def test_a_search_is_told_of_all_objectives_and_conditions(lab, two, method):
    pytest.importorskip("optuna")
    metric = "[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]"
    more = f"method: {method}\ntrials: 20\nlimits: {{parallel: 2}}\n"
    said = lab.run("launch", two(metric, "{min: 0.0, max: 6.0}", more))
    assert said.code == 0, said.err
    rows = lab.run("results", "--json").json
    assert len(rows) == 20
    assert rows[0]["params"]["x"] < 3.5
    late = sorted(rows, key=lambda row: row["number"])[12:]
    assert sum(bool(row["violates"]) for row in late) <= 4, "four in ten of all points break the condition"


def test_the_best_so_far_of_a_running_launch_meets_the_conditions(lab, two):
    handle = sweeper.load(lab.folder / two(SMALL))
    outcome = handle.launch(parallel=1)
    assert outcome.tally.best == 9.0


def test_a_page_has_the_front_and_what_breaks_conditions(lab, two):
    pytest.importorskip("plotly")
    lab.run("launch", two("[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]"))
    found = lab.run("report", "two", "--output=-")
    assert found.code == 0, found.err
    assert '"names":["score","cost"]' in found.out
    assert '"more":{"cost":[' in found.out


def test_a_service_is_not_told_of_what_it_cannot_weigh(lab, two):
    two("[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]")
    refused = lab.run("export", "two.yaml", "--to=mlengine")
    assert refused.code == 2
    assert "metric[1]: ML Engine cannot say this: cost is to be lower as well" in refused.err
    assert "metric.where: ML Engine cannot say this: a trial counts only where size < 35" in refused.err


def test_the_ledger_keeps_what_the_config_says(lab, two):
    lab.run("launch", two("[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]", x="[1]"))
    with open_ledger(lab.folder / ".sweeper") as ledger:
        found = ledger.sweeps()[0].metric
    cost = Metric("cost", "minimize")
    assert found == Metric("score", more=(cost,), where=("size < 35",), watched=("size",))
