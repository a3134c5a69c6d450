"""``sweeper report``: one HTML file of a sweep, written whole."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

pytest.importorskip("plotly", reason="sweeper[report] is not installed")


def model_of(file):
    """The data of a page, as a browser reads it."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', file.read_text(), re.DOTALL)
    return json.loads(found[1])


def line_of(model, row):
    commands = model["commands"]
    line = commands["head"] + commands["middles"][row] + commands["tail"]
    return line.replace("\ue000", model["columns"]["trial"][row])


def test_the_page_has_the_rows_of_the_results_in_their_order(lab):
    lab.config(x="[1, 2, 3]", mode="[fine, odd]")
    lab.run("launch", "sweep.yaml")
    said = lab.run("report", "toy", "--json")
    assert said.code == 0
    file = lab.folder / said.json["file"]
    assert said.json == {"sweep": file.stem, "file": file.name, "bytes": file.stat().st_size, "rows": 6}
    page, rows = model_of(file), lab.run("results", "--json").json
    assert page["columns"]["trial"] == [row["trial"] for row in rows]
    assert page["columns"]["metric"] == [6, 4, 4, 2, None, None]
    assert [one["count"] for one in page["failures"]] == [1, 1]
    assert page["tiles"] == {"best score": "6", "trials": "6", "succeeded": "4", "failed": "2"}
    assert page["provenance"]["trainer"] == "toy"
    assert page["config"] == (lab.folder / "sweep.yaml").read_text()


def test_the_command_line_of_a_trial_runs_it_again_from_anywhere(lab, tmp_path_factory):
    lab.config(x="[1, 2, 3]")
    lab.run("launch", "sweep.yaml")
    lab.run("report", "toy", "--output=page.html")
    page = model_of(lab.folder / "page.html")
    before = len(lab.runs())
    line = line_of(page, 1)
    subprocess.run(line, shell=True, check=True, cwd=tmp_path_factory.mktemp("elsewhere"))
    assert lab.runs()[before:] == [page["columns"]["trial"][1]]
    assert "--x=2" in line


def test_a_trial_whose_folder_is_gone_has_no_command_line(lab):
    lab.config(x="[1, 2]")
    lab.run("launch", "sweep.yaml")
    last = lab.run("results", "--json").json[1]["trial"]
    for file in (lab.folder / ".sweeper").rglob("job.json"):
        if last in str(file):
            file.unlink()
    lab.run("report", "toy", "--output=page.html")
    first, second = model_of(lab.folder / "page.html")["commands"]["middles"]
    assert first is not None
    assert second is None


def test_with_repeats_a_row_is_a_point_and_the_page_says_what_cannot_be_told_apart(lab):
    lab.config(x="[1, 9]", more="  tag: [a, b]\nrepeats: 3\n")
    lab.run("launch", "sweep.yaml")
    lab.run("report", "toy", "--output=page.html")
    page = model_of(lab.folder / "page.html")
    assert page["columns"]["n"] == [3] * 4
    assert page["tiles"]["points"] == "4"
    assert "two standard errors" in page["caveat"]


def test_it_goes_to_standard_output_where_that_is_asked_for(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    assert lab.run("report", "toy", "--output=-").out.startswith("<!DOCTYPE html>")
    assert lab.run("report", "toy", "--output=-", "--json").code == 2
    assert not list(lab.folder.glob("*.html"))


def test_where_it_cannot_be_written_nothing_is_left(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    found = lab.run("report", "toy", "--output=no/such/page.html")
    assert (found.code, found.err) == (2, "no/such/page.html: cannot be written: No such file or directory\n")
    assert not list(lab.folder.glob("**/*.new"))


def test_a_sweep_of_which_nothing_has_a_number_has_a_page_too(lab):
    lab.config(x="[1]", mode="silent")
    lab.run("launch", "sweep.yaml")
    assert lab.run("report", "toy", "--output=page.html").code == 0
    page = model_of(lab.folder / "page.html")
    assert (page["drawn"], page["heat"], page["importance"], page["caveat"]) == ([], None, [], "")


def test_an_unknown_sweep_is_refused(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    found = lab.run("report", "tou")
    assert (found.code, found.err.splitlines()[0]) == (2, "no sweep is called 'tou'")
