"""A search that learns, from the config to the table: real trials, launched, carried on, ended and begun warm."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from sweeper.ledger.ledger import open_ledger

CONFIG = """\
name: {name}
trainer: toy
method: {method}
trials: {trials}
metric: {{name: score}}
parameters:
  x: {x}
limits: {{parallel: 2}}
local: {{warm: always}}
{more}"""


@pytest.fixture
def search(lab):
    """Writes a config of an adaptive sweep, and gives its name."""

    def write(trials=10, *, name="toy", method="auto", x="{min: 0.0, max: 10.0}", more=""):
        text = CONFIG.format(name=name, method=method, trials=trials, x=x, more=more)
        return lab.write(f"{name}.yaml", text)

    return write


def rows(lab, name="toy"):
    """Number -> x, of what a sweep has run and means."""
    with open_ledger(lab.folder / ".sweeper") as ledger:
        return {row.number: row.params["x"] for row in ledger.trials(ledger.find_sweep(name).id) if not row.removed}


def test_as_many_points_as_asked_for_are_tried_and_ranked(lab, search):
    said = lab.run("launch", search(10))
    assert said.code == 0
    assert said.err.splitlines()[1].endswith(": 10 succeeded")
    tried = rows(lab)
    assert sorted(tried) == list(range(10))
    assert len(set(tried.values())) == 10
    table = lab.run("results", "--json").json
    assert [row["rank"] for row in table] == list(range(1, 11))
    assert [row["metric"] for row in table] == sorted((2 * x for x in tried.values()), reverse=True)


def test_raised_trials_go_on_where_the_sweep_was(lab, search):
    lab.run("launch", search(9))
    first = rows(lab)
    said = lab.run("launch", search(13))
    assert said.code == 0
    assert "9 succeeded, 4 to go" in said.err
    tried = rows(lab)
    assert sorted(tried) == list(range(13))
    assert len(set(tried.values())) == 13
    assert tried.items() >= first.items()
    assert len(lab.runs()) == 13


def test_fewer_trials_than_there_are_take_nothing_away(lab, search):
    lab.run("launch", search(9))
    tried = rows(lab)
    said = lab.run("launch", search(5))
    assert (said.code, rows(lab), len(lab.runs())) == (0, tried, 9)
    assert "9 trials: 9 succeeded" in lab.run("status").out


def test_points_that_leave_the_space_keep_their_numbers_and_come_back(lab, search):
    lab.run("launch", search(3))  # the last of them are the high ones
    everywhere = rows(lab)
    lab.run("launch", search(4, x="{min: 0.0, max: 5.0}"))
    low = rows(lab)
    assert len(low) == 4
    assert all(x <= 5 for x in low.values())
    lab.run("launch", search(10))
    tried = rows(lab)
    assert tried.items() >= everywhere.items() | low.items()
    assert len(tried) == len(set(tried.values())) == len(lab.runs()) == 10


def test_nothing_more_to_gain_ends_a_sweep_and_says_so(lab, search):
    why = "stop_when: the last 4 points were no better than the best before them"
    said = lab.run("launch", search(40, more=STOP), "--parallel=1")
    assert said.code == 0
    assert why in said.err.splitlines()
    status = lab.run("status").out
    assert why in status
    assert "carry on" not in status
    count = lab.run("status", "--json").json["trials"]
    assert count == 7  # 2.4, 12.4, 17.4, and then nothing can be better by more than 5
    assert lab.states() == {"succeeded": count}
    assert lab.run("watch").code == 0
    again = lab.run("launch", "toy.yaml", "--parallel=1")
    assert (again.code, len(lab.runs())) == (0, count)
    assert why in again.err
    # raised, then removed
    assert lab.run("launch", search(40, more=STOP.replace("4", "6")), "--parallel=1").code == 0
    assert lab.states() == {"succeeded": count + 2}
    assert lab.run("launch", search(count + 3)).code == 0
    assert lab.states() == {"succeeded": count + 3}
    assert "stop_when" not in lab.run("status").out


STOP = "stop_when: {no_improvement: 4, min_delta: 5}\n"


def test_an_earlier_sweep_is_begun_with_and_may_be_gone_afterwards(lab, search):
    lab.run("launch", search(9, name="early"))
    said = lab.run("launch", search(10, name="late", x="{min: 5.0, max: 10.0}", more="warm_start: early\n"))
    early = list(rows(lab, "early").values())
    inside = [x for x in early if x >= 5]
    assert said.code == 0
    assert said.err.startswith(f"warm start: {len(inside)} of 9 measured points of early lie in this space\n")
    assert not set(inside) & set(rows(lab, "late").values())
    stored = warm(lab, "late")
    assert sorted(point["x"] for point, _ in stored["trials"]) == sorted(inside)
    assert all(value == 2 * point["x"] for point, value in stored["trials"])

    assert lab.run("clean", "early", "--keep=0", "--yes").code == 0
    forget(lab, "early")
    assert lab.run("status", "early").code == 2
    said = lab.run("launch", search(12, name="late", x="{min: 5.0, max: 10.0}", more="warm_start: early\n"))
    assert (said.code, "warm start" in said.err) == (0, False)
    assert warm(lab, "late") == stored
    assert not set(inside) & set(rows(lab, "late").values())
    assert len(set(rows(lab, "late").values())) == 12


def forget(lab, name):
    """Not even the ledger knows of it any more."""
    with closing(sqlite3.connect(lab.folder / ".sweeper" / "ledger.db")) as ledger, ledger:
        for table in ("measurements", "earlier_jobs", "trials"):
            ledger.execute(f"DELETE FROM {table} WHERE sweep IN (SELECT id FROM sweeps WHERE name = ?)", (name,))
        ledger.execute("DELETE FROM sweeps WHERE name = ?", (name,))


def warm(lab, name):
    with open_ledger(lab.folder / ".sweeper") as ledger:
        return ledger.find_sweep(name).settings["warm"]


def test_a_file_of_results_is_begun_with(lab, search):
    lab.run("launch", search(9, name="early"))
    lab.write("early.csv", lab.run("results", "early", "--csv").out)
    shutil.rmtree(lab.folder / ".sweeper")
    config = search(9, name="late", more="warm_start: [early.csv]\n")
    planned = lab.run("plan", config)
    assert (planned.code, planned.err) == (0, "warm start: 9 of 9 measured points of early.csv lie in this space\n")
    said = lab.run("launch", config)
    assert said.err.startswith(planned.err)
    assert len(lab.runs()) == len(set(lab.runs())) == 18
    (lab.folder / "early.csv").unlink()
    assert lab.run("launch", config).code == 0


def test_a_new_sweep_of_the_same_name_may_begin_with_the_old_one(lab, search):
    lab.run("launch", search(9))
    config = search(9, more="warm_start: toy\n")
    refused = lab.run("launch", config)
    assert refused.code == 2
    assert " is this sweep itself\n" in refused.err
    said = lab.run("launch", config, "--fresh")
    assert (said.code, said.err.splitlines()[0][:20]) == (0, "warm start: 9 of 9 m")
    assert len(lab.runs()) == len(set(lab.runs())) == 18


REFUSED = [
    ("nobody", "no sweep is called 'nobody'\n  one of early-"),
    ("[early, nobody]", "no sweep is called 'nobody'"),
    ("early", "early-.* was ranked by score, this sweep is ranked by loss\n  name sweeps that report the same metric"),
    ("gone.csv", "cannot read .*gone.csv: .*No such file"),
    ("other.csv", "other.csv has no column loss\n  its columns are x, y; what `sweeper results --csv` writes will do"),
]


@pytest.mark.parametrize(("wanted", "why"), REFUSED)
def test_what_cannot_be_begun_with_is_refused_and_leaves_nothing(lab, search, wanted, why):
    lab.run("launch", search(2, name="early"))
    lab.write("other.csv", "x,y\n1,2\n")
    config = search(9, name="late", more=f"warm_start: {wanted}\n")
    if "loss" in why:
        lab.write(config, (lab.folder / config).read_text().replace("score", "loss"))
    for command in ("plan", "launch"):
        said = lab.run(command, config)
        assert said.code == 2
        assert re.search(f"^late.yaml: warm_start: .*{why}", said.err, re.MULTILINE)
    assert "late" not in lab.run("list").out
    assert len(lab.runs()) == 2


def test_without_any_sweep_a_name_is_refused_by_plan_as_well(lab, search):
    said = lab.run("plan", search(more="warm_start: nobody\n"))
    assert said.code == 2
    assert said.err == "toy.yaml: warm_start: no sweep is called 'nobody': there are none yet\n  launch one first\n"
    assert not (lab.folder / ".sweeper").exists()


def test_a_space_that_is_used_up_ends_the_sweep(lab, search):
    four = "[1, 2, 3, 4]"
    assert lab.run("plan", search(9, x=four), "--json").json["trials"] == 4
    said = lab.run("launch", search(9, x=four))
    assert said.code == 0
    assert sorted(rows(lab).values()) == [1, 2, 3, 4]
    lab.write("seen.csv", "x,score\n2,4\n7,14\n")
    said = lab.run("launch", search(9, name="rest", x=four, more="warm_start: seen.csv\n"))
    assert said.code == 0
    assert "every point of the space has been tried" in said.err
    assert sorted(rows(lab, "rest").values()) == [1, 3, 4]
    status = lab.run("status", "rest").out
    assert "3 trials: 3 succeeded" in status
    assert "carry on" not in status


def test_all_runs_of_a_point_are_counted_as_one_point(lab, search):
    said = lab.run("launch", search(9, more="repeats: {count: 2, parameter: seed}\n"))
    assert said.code == 0
    table = lab.run("results", "--json").json
    assert len(table) == 9
    assert all(row["n"] == 2 for row in table)
    assert rows(lab)[4] == rows(lab)[5]


WITHOUT = """\
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from sweeper import cli
sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    ("method", "missing", "named"),
    [
        ("auto", "optuna,scipy,cmaes", "optuna"),
        ("auto", "scipy", "scipy"),
        ("gp", "scipy", "scipy"),
        ("tpe", "optuna", "optuna"),
        ("cmaes", "cmaes", "cmaes"),
    ],
)
def test_what_is_not_installed_is_said_with_what_to_type(lab, search, method, missing, named):
    config = search(method=method)
    text = (lab.folder / config).read_text().replace("parameters:\n", "parameters:\n  tag: {min: 0.0, max: 1.0}\n")
    lab.write(config, text)
    command = [sys.executable, "-c", WITHOUT, missing, "launch", config]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = f"method: method: {method} needs {named}, which is not installed\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f'{said}  pip install "sweeper[search]"\n')
    assert not (lab.folder / ".sweeper").exists()


def test_a_plan_shows_how_it_begins_and_says_that_the_rest_follows(lab, search):
    config = search(20, more=STOP)
    found = lab.run("plan", config)
    lines = found.out.splitlines()
    assert (found.code, found.err) == (0, "")
    assert lines[0] == "toy: at most 20 trials, auto, on local"
    assert "  stop_when: a launch ends after 4 points that are no better" in lines
    assert "the first 4 command lines (all of them checked):" in lines
    assert lines[-1] == "later points follow from what the earlier ones measure"
    shown = [argv[0] for argv in lab.run("plan", config, "--json").json["argv"]]
    lab.run("launch", search(4))
    assert [f"--x={x}" for x in rows(lab).values()] == shown  # not from what was measured
    warm_one = search(20, name="warm", more="warm_start: toy\n")
    assert lab.run("plan", warm_one).out.endswith(
        "these are for when nothing is known: what the earlier trials have measured leads to others\n"
    )


def test_trials_that_fail_are_no_end_of_the_search(lab, search):
    config = search(12, x="[2, 4, 1, 3, 6, 8, 5, 7]")
    text = (lab.folder / config).read_text().replace("parameters:\n", "parameters:\n  mode: odd\n")
    lab.write(config, text)
    said = lab.run("launch", config)
    assert said.code == 1
    assert lab.states() == {"succeeded": 4, "failed": 4}
    assert json.loads(lab.run("best", "--json").out)["metric"] == 16
