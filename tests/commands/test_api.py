"""The same verbs from Python: values come back, errors are raised, nothing is printed."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from command_lab import ROOT, until

import sweeper
from sweeper.errors import ConfigError, UserError
from sweeper.model import State


def test_a_sweep_is_planned_launched_and_ranked(lab, capsys):
    lab.config()
    sweep = sweeper.load("sweep.yaml")
    assert sweep.plan()["new"] == 3
    assert not (lab.folder / ".sweeper").exists()
    outcome = sweep.launch(parallel=2)
    assert (outcome.exit_code, outcome.counts) == (0, {State.SUCCEEDED: 3})
    frame = sweep.results()
    assert frame["params.x"].tolist() == [3, 2, 1]
    assert frame["metric"].tolist() == [6, 4, 2]
    assert frame["rank"].tolist() == [1, 2, 3]
    assert sweep.status()["best"]["params"]["x"] == 3
    assert sweep.plan()["keep"] == 3
    assert capsys.readouterr() == ("", "")


def test_a_smoke_run_is_a_sweep_of_its_own_and_begun_anew(lab):
    lab.config(x="{min: 1, max: 9, step: 1}")
    sweep = sweeper.load("sweep.yaml")
    first, second = sweep.launch(smoke=True), sweep.launch(smoke=True, parallel=2)
    assert first.sweep_id != second.sweep_id
    assert (second.exit_code, second.total) == (0, len(sweep.results(smoke=True)))
    assert sorted(sweep.results(smoke=True)["params.x"]) == [1, 9]
    assert sweep.status(smoke=True)["sweep"] == second.sweep_id
    assert sweep.plan()["keep"] == 0
    with pytest.raises(UserError, match="has not been launched yet"):
        sweep.results()
    with pytest.raises(UserError, match="smoke and detach: choose one"):
        sweep.launch(smoke=True, detach=True)


def test_it_says_what_the_command_line_says(lab):
    lab.config()
    from_python, from_shell = sweeper.load("sweep.yaml"), lab.run("plan", "sweep.yaml", "--json").json
    assert from_python.plan() == from_shell
    said = []
    sweeper.load("sweep.yaml", say=said.append).launch()
    assert said[0].startswith("launching toy-")
    assert from_python.status() == lab.run("status", "--json").json


def test_state_is_kept_where_it_is_told(lab):
    lab.config(x="[1]")
    sweep = sweeper.load(lab.folder / "sweep.yaml", home=lab.folder / "elsewhere")
    sweep.launch()
    assert (lab.folder / "elsewhere" / "ledger.db").exists()
    assert not (lab.folder / ".sweeper").exists()


def test_failures_are_in_the_outcome_and_fresh_begins_anew(lab):
    lab.config(mode="odd")
    sweep = sweeper.load("sweep.yaml")
    first = sweep.launch()
    assert (first.exit_code, first.counts) == (1, {State.SUCCEEDED: 1, State.FAILED: 2})
    assert sweep.launch(fresh=True).sweep_id != first.sweep_id
    assert sweep.results()["note"].tolist()[1:] == [f"ValueError: x is {x}: cannot be learnt" for x in (1, 3)]


def test_errors_are_raised(lab):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: no such file"):
        sweeper.load("nowhere.yaml")
    lab.config()
    sweep = sweeper.load("sweep.yaml")
    for look in (sweep.results, sweep.status):
        with pytest.raises(UserError, match="there are no sweeps yet"):
            look()
    lab.config(x="{min: 1, max: 20000, step: 1}")
    with pytest.raises(UserError, match="this would launch 20000 trials"):
        sweeper.load("sweep.yaml").launch()


@pytest.mark.parametrize("parallel", [0, -1, True, False, "x", "2", 1.5])
def test_how_many_at_once_is_a_whole_number(lab, parallel):
    lab.config()
    with pytest.raises(UserError, match=f"parallel: expected a whole number from 1, got {parallel!r}"):
        sweeper.load("sweep.yaml").launch(parallel=parallel)
    assert not (lab.folder / ".sweeper").exists()


def test_a_sweep_is_printed_as_what_it_is_in_short(lab):
    lab.config(more="repeats: {count: 2}\n")
    assert repr(sweeper.load("sweep.yaml")) == "<sweep toy: grid, 6 trials, local>"


def test_a_sweep_that_another_process_runs_is_refused(lab):
    lab.config(x="[1]", mode="wait")
    child = lab.start("launch", "sweep.yaml")
    until(lab.runs, "a start")
    with pytest.raises(UserError, match=f"is being run by process {child.pid}"):
        sweeper.load("sweep.yaml").launch()


def test_it_can_be_launched_from_a_thread(lab):
    lab.config()
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(sweeper.load("sweep.yaml").launch()))
    thread.start()
    thread.join(30)
    assert [outcome.exit_code for outcome in outcomes] == [0]


def test_importing_and_loading_need_no_pandas(lab):
    lab.config()
    code = (
        "import sys, sweeper; sweeper.load('sweep.yaml').plan(); print({'pandas', 'numpy', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_tables_of_runs_and_of_measurements_and_the_page(lab):
    lab.config(x="[1, 2]", more="  seed: [1]\n")
    sweep = sweeper.load("sweep.yaml")
    sweep.launch()
    runs, measured = sweep.trials(), sweep.measurements()
    assert runs["number"].tolist() == [1, 0]
    assert measured.groupby("trial", observed=True)["value"].max()[runs["trial"]].tolist() == runs["metric"].tolist()
    assert sweep.measurements("nothing").empty
    pytest.importorskip("plotly", reason="sweeper[report] is not installed")
    page = sweep.report("page.html")
    assert page == lab.folder / "page.html"
    assert runs["trial"][0] in page.read_text()
