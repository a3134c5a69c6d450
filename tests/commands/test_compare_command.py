"""``sweeper compare``: sweeps side by side."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from command_lab import is_refused, until

import sweeper


@pytest.fixture
def two(lab):
    """A sweep of three trials, and one of two of which one fails."""
    lab.config(x="[1, 5, 3]", more="limits: {parallel: 1}\n")
    lab.run("launch", "sweep.yaml")
    lab.config(x="[4, 6]", name="other.yaml", more="limits: {parallel: 1}\n")
    other = lab.folder / "other.yaml"
    other.write_text(other.read_text().replace("name: toy", "name: other"))
    lab.run("launch", "other.yaml")
    return lab


def test_the_table_has_a_row_for_each_and_says_who_is_ahead_at_as_many_trials(two):
    said = two.run("compare", "toy", "other")
    assert said.code == 0
    head, first, second = said.out.splitlines()[2:5]
    assert head.split()[:6] == ["sweep", "method", "backend", "succeeded", "failed", "best"]
    assert first.split()[1:6] == ["grid", "local", "3", "0", "10"]
    assert second.split()[1:6] == ["grid", "local", "2", "0", "12"]
    assert "at 2 trials each: other-" in said.out
    assert "is ahead with 12 (toy-" in said.out
    assert "since each launch: " in said.out
    assert "  x=5\n" in said.out  # what differs between the winners, and not mode=fine


def test_the_json_has_curves_and_whoever_is_ahead(two):
    found = two.run("compare", "toy", "other", "--json").json
    toy, other = found["sweeps"]
    assert [step["best"] for step in toy["curve"]] == [2, 10, 10]
    assert [step["best"] for step in other["curve"]] == [8, 12]
    assert toy["states"]["succeeded"] == 3
    assert (toy["best"]["params"]["x"], toy["usd"]) == (5, None)
    trials = found["ahead"][0]
    assert (trials["unit"], trials["budget"]) == ("trials", 2)
    assert trials["best"] == {toy["sweep"]: 10, other["sweep"]: 12}
    assert trials["first"] == [other["sweep"]]
    assert sweeper.compare("toy", "other") == found


def test_the_csv_has_a_line_for_each_ended_trial(two):
    rows = list(csv.DictReader(io.StringIO(two.run("compare", "toy", "other", "--csv").out)))
    assert [row["trials"] for row in rows] == ["1", "2", "3", "1", "2"]
    assert [float(row["best"]) for row in rows] == [2, 10, 10, 8, 12]
    assert all(float(row["hours"]) > 0 for row in rows)


def test_the_page_has_the_table_and_both_curves_and_loads_nothing(two):
    pytest.importorskip("plotly", reason="sweeper[report] is not installed")
    said = two.run("compare", "toy", "other", "--output=c.html")
    assert (said.code, said.err) == (0, "wrote c.html\n")
    text = (two.folder / "c.html").read_text()
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    page = json.loads(found[1])
    assert [one["best"] for one in page["curves"]] == [[2, 10, 10], [8, 12]]
    assert [one["trials"] for one in page["curves"]] == [[1, 2, 3], [1, 2]]
    assert page["budgets"]["trials"] == 2
    assert "default-src 'none'" in text
    head = text.partition("<script")[0]
    assert "<td>12</td>" in head
    assert "is ahead with 12" in head
    assert two.run("compare", "toy", "other", "--output=-").out == text
    is_refused(two.run("compare", "toy", "other", "--output=-", "--csv"), "choose one")


def test_sweeps_with_other_goals_are_not_compared_and_other_names_are_said(two):
    two.config(more="")
    for name, metric in (("down", "{name: score, goal: minimize}"), ("named", "{name: scores}")):
        two.write("third.yaml", f"name: {name}\ntrainer: toy\nmetric: {metric}\nparameters: {{x: [1, 2]}}\n")
        two.run("launch", "third.yaml")
    is_refused(two.run("compare", "toy", "down"), "minimizes score", "metric.goal")
    said = two.run("compare", "toy", "named")
    assert said.code == 0
    assert "note: their metrics have different names, and may be no measure of the same" in said.err


def test_a_sweep_and_its_own_confirmation_are_said_to_be_that_and_none_is_ahead(two):
    assert two.run("confirm", "toy", "--top=2").code == 0
    said = two.run("compare", "toy", "toy-confirm")
    assert said.code == 0
    found = two.run("compare", "toy", "toy-confirm", "--json").json
    toy, own = (one["sweep"] for one in found["sweeps"])
    assert found["ahead"] == []
    assert f"note: {own} confirms {toy}: it ran the best points again" in said.err
    assert "ahead" not in said.out
    assert "nothing to compare" not in said.out
    assert not said.out.endswith("\n\n")
    three = two.run("compare", "toy", "toy-confirm", "other")
    assert "is ahead with 12 (toy-" in three.out
    assert "toy-confirm" not in three.out.partition("is ahead")[2]


def test_of_several_metrics_only_the_first_counts_and_that_is_said(two):
    metric = "[{name: score, where: 'size < 35'}, {name: cost, goal: minimize}]"
    two.write("third.yaml", f"name: third\ntrainer: toy\nmetric: {metric}\nparameters: {{x: [1, 2]}}\n")
    two.run("launch", "third.yaml")
    said = two.run("compare", "toy", "third")
    assert said.code == 0
    assert " only the first metric, score, says who is ahead: not cost, not whether size < 35\n" in said.err
    assert "first metric" not in two.run("compare", "toy", "other").err


def test_one_alone_or_one_twice_is_refused_with_what_to_type(two):
    is_refused(two.run("compare", "toy"), "expected two sweeps or more", "sweeper results")
    is_refused(two.run("compare", "toy", "toy"), "is named twice")
    is_refused(two.run("compare", "toy", "none"), "no sweep is called 'none'")
    is_refused(two.run("compare", "toy", "other", "--csv", "--json"), "choose one")


def test_failed_trials_are_counted_and_a_sweep_without_any_end_has_nothing_to_compare(two):
    two.config(x="[1, 2]", mode="odd", name="odd.yaml")
    file = two.folder / "odd.yaml"
    file.write_text(file.read_text().replace("name: toy", "name: odd"))
    two.run("launch", "odd.yaml")
    row = two.run("compare", "odd", "toy").out.splitlines()[3].split()
    assert row[3:6] == ["1", "1", "4"]
    file.write_text(file.read_text().replace("mode: odd", "mode: wait").replace("name: odd", "name: idle"))
    child = two.start("launch", "odd.yaml")
    assert "nothing to compare yet: no trial of idle-" in _once_it_is_there(two)
    (two.folder / "go").touch()
    two.end(child)


def _once_it_is_there(lab):
    until(lambda: any(row["name"] == "idle" for row in lab.run("list", "--json").json))
    return lab.run("compare", "toy", "idle").out
