"""``sweeper results``: the ranked table, as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest
from command_lab import ROOT

KEYS = {"rank", "trial", "point", "state", "params", "metric", "metrics", "n", "argv"}


def test_trials_are_ranked_by_the_metric_and_the_table_says_how(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("results")
    assert (found.code, found.err) == (0, "")
    head, shared, _, columns, *rows, _, luck = found.out.splitlines()
    assert head.endswith(": score (last reported), highest first")
    assert shared == "the same in all: mode=fine"
    assert columns.split() == ["rank", "trial", "x", "score", "state"]
    assert [row.split()[2:] for row in rows] == [[x, str(2 * int(x)), "succeeded"] for x in "321"]
    assert luck.startswith("one run each: the first may be first by luck; `sweeper confirm`")


def test_what_has_no_number_comes_last_and_says_why(lab):
    lab.config(x="[1, 2, 3]", mode="[fine, nan, silent, odd]")
    lab.run("launch", "sweep.yaml")
    rows = lab.run("results", "--json").json
    ranked = [row for row in rows if row["rank"]]
    assert [row["metric"] for row in ranked] == [6, 4, 4, 2]
    assert [row["rank"] for row in ranked] == [1, 2, 3, 4]
    assert rows[:4] == ranked
    notes = [row["note"] for row in rows[4:]]
    assert notes[0:6:2] == ["nan"] * 3
    assert all(note.startswith("no measurement") for note in notes[1:6:2])
    assert notes[6:] == ["ValueError: x is 1: cannot be learnt", "ValueError: x is 3: cannot be learnt"]
    assert [row["metric"] for row in rows[4:]] == [None] * 8
    assert "ValueError: x is 3: cannot be learnt" in lab.run("results").out


def test_json_has_the_keys_that_scripts_rely_on(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    rows = lab.run("results", "--json").json
    assert all(set(row) >= KEYS for row in rows)
    first = {name: rows[0][name] for name in ("rank", "state", "params", "metric", "metrics", "n")}
    assert first == {
        "rank": 1,
        "state": "succeeded",
        "params": {"x": 3, "mode": "fine"},
        "metric": 6.0,
        "metrics": {"score": 6.0},
        "n": 1,
    }
    assert rows[0]["trial"] == rows[0]["point"]
    assert rows[0]["argv"][:2] == ["--x=3", "--mode=fine"]


def test_top_and_csv(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("results", "--top=2", "--csv")
    rows = list(csv.DictReader(io.StringIO(found.out)))
    assert [(row["rank"], row["x"], row["metric"]) for row in rows] == [("1", "3", "6.0"), ("2", "2", "4.0")]


def test_repeats_are_one_row_a_point(lab):
    lab.config(x="[1, 2]", more="repeats: {count: 3, parameter: seed}\nseed: 5\n")
    lab.run("launch", "sweep.yaml")
    rows = lab.run("results", "--json").json
    assert [(row["params"]["x"], row["metric"], row["std"], row["n"]) for row in rows] == [(2, 10, 1, 3), (1, 8, 1, 3)]
    # Each seed adds the same to both points, so nothing of the difference is chance.
    assert [row["tied"] for row in rows] == [True, False]
    assert lab.run("results").out.endswith("\n\nthe first is better than the other, with 95% confidence\n")
    assert "luck" not in lab.run("results").out
    assert [line.split(",")[-1] for line in lab.run("results", "--csv").out.splitlines()] == ["tied", "true", "false"]
    assert [row["n"] for row in lab.run("results", "--where=tied == true", "--columns=n,tied", "--json").json] == [3]


def test_several_sweeps_are_told_apart(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    lab.run("launch", "sweep.yaml", "--fresh")
    ids = [row["sweep"] for row in lab.run("list", "--json").json]
    assert [row["sweep"] for row in lab.run("results", *ids, "--json").json] == ids
    text = lab.run("results", *ids).out
    assert text.index(ids[0]) < text.index(ids[1])


@pytest.mark.parametrize("option", [(), ("--json",), ("--csv",)])
def test_results_go_to_stdout_as_plain_text_and_nothing_else_does(lab, option):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.end(lab.start("results", *option))
    assert (found.code, found.err) == (0, "")
    assert found.out.endswith("\n")
    assert "\x1b" not in found.out


def test_a_look_imports_nothing_that_only_a_launch_needs(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    for verb in ("results", "status", "list"):
        code = f"import sys; from sweeper.cli import main; main([{verb!r}]); print(*sys.modules, file=sys.stderr)"
        done = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
        )
        heavy = {
            "pandas",
            "numpy",
            "yaml",
            "rich",
            "sweeper.config",
            "sweeper.usage",
            "sweeper.driver",
            "sweeper.space",
        }
        assert heavy & set(done.stderr.split()) == set(), verb
