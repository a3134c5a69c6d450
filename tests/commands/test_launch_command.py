"""``sweeper launch``: what runs, what is kept, what it says, and how it ends."""

from __future__ import annotations

import json

import pytest
from command_lab import until


def test_all_trials_run_once_and_the_next_launch_has_nothing_to_do(lab):
    lab.config()
    found = lab.run("launch", "sweep.yaml")
    assert (found.code, found.out) == (0, "")
    head, counts, best, after = found.err.splitlines()
    sweep = lab.run("status", "--json").json["sweep"]
    assert head == f"launching {sweep}: 3 trials on local"
    assert counts == f"{sweep}: 3 succeeded"
    assert best.startswith("best score: 6 (trial ")
    assert after == f"the ranking: sweeper results {sweep}"
    again = lab.run("launch", "sweep.yaml")
    assert again.code == 0
    assert again.err.startswith(f"carrying on {sweep}: 3 trials on local; 3 succeeded\n")
    assert len(lab.runs()) == 3


def test_json_is_the_status_at_the_end(lab):
    lab.config()
    assert lab.run("launch", "sweep.yaml", "--json").json == lab.run("status", "--json").json


def test_an_edited_config_keeps_runs_and_removes(lab):
    lab.config(x="[1, 2, 3]")
    lab.run("launch", "sweep.yaml")
    lab.config(x="[2, 3, 4]")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    assert found.err.startswith("carrying on toy-")
    assert ": 3 trials on local; 2 succeeded, 1 to go; 1 removed\n" in found.err
    assert [row["params"]["x"] for row in lab.run("results", "--json").json] == [4, 3, 2]
    assert lab.run("status", "--json").json["removed"] == 1
    assert "; 1 removed" in lab.run("status").out
    # put back, it is there again without a run
    lab.config(x="[1, 2, 3, 4]")
    assert lab.run("launch", "sweep.yaml").code == 0
    assert [row["params"]["x"] for row in lab.run("results", "--json").json] == [4, 3, 2, 1]
    assert len(lab.runs()) == 4


def test_changed_code_is_said_and_told_apart_and_fresh_begins_anew(lab):
    lab.config(x="[1, 2]")
    first = lab.run("launch", "sweep.yaml")
    assert "code" not in first.err
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("2 * x", "(3 * x)"))
    lab.config(x="[1, 2, 3]")
    found = lab.run("launch", "sweep.yaml")
    assert "note: the trainer's code has changed since the last launch" in found.err
    rows = lab.run("results", "--json").json
    assert [row["metric"] for row in rows] == [9, 4, 2]
    assert len({row["digest"] for row in rows}) == 2
    assert " code" in lab.run("results").out
    assert "note:" not in lab.run("launch", "sweep.yaml").err
    fresh = lab.run("launch", "sweep.yaml", "--fresh")
    assert fresh.err.startswith("launching toy-")
    assert len(lab.run("list", "--json").json) == 2
    assert [row["metric"] for row in lab.run("results", "--json").json] == [9, 6, 3]


def test_a_transient_failure_is_tried_again(lab):
    lab.config(x="[1]", mode="killed")
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == 2
    assert lab.run("results", "--json").json[0]["attempt"] == 2


def test_the_trainers_own_failure_is_tried_again_only_if_the_config_says_so(lab):
    lab.config(x="[1, 2]", mode="odd", more="limits: {retries: {code: 1}}\n")
    assert lab.run("launch", "sweep.yaml").code == 1
    assert len(lab.runs()) == 3


def test_a_sweep_that_fails_as_a_whole_stops_and_shows_the_traceback_once(lab):
    lab.config(x="{min: 1, max: 30, num: 30}", mode="fail", more="limits: {parallel: 2}\n")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 1
    assert len(lab.runs()) < 12
    assert "stopped: the first 3 trials failed in the same way\ntrial " in found.err
    assert found.err.count("Traceback (most recent call last):") == 1
    assert found.err.count("ValueError: x is") == 1
    assert "    raise ValueError(f" in found.err
    assert "<frozen runpy>" not in found.err
    assert "hello from" not in found.err
    assert found.err.endswith("carry on with: sweeper launch sweep.yaml\n")
    # once it is mended, everything runs
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("raise ValueError", "print"))
    assert lab.run("launch", "sweep.yaml").code == 0
    assert lab.states() == {"succeeded": 30}


def test_a_long_traceback_is_cut_and_keeps_its_cause(lab):
    raising = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(40)) + "def f40():\n    raise KeyError('deep')\n"
    raising += "try:\n    f0()\nexcept KeyError as e:\n    raise RuntimeError('outer') from e\n"
    lab.write("toy.py", (lab.folder / "toy.py").read_text() + raising)
    lab.config()
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 1
    assert found.err.count("\n") < 45
    assert " lines ..." in found.err
    assert "RuntimeError: outer" in found.err
    assert "direct cause of the following exception" in found.err


@pytest.mark.parametrize(
    ("limits", "said"),
    [("{trials: 2}", "stopped at limits.trials: 2 of 3 trials"), ("{hours: 0.0000001}", "stopped at limits.hours")],
)
def test_a_limit_that_is_reached_first_is_said(lab, limits, said):
    lab.config(more=f"limits: {limits}\nlocal: {{slots: cpu}}\n".replace("}\nlocal", ", parallel: 1}\nlocal", 1))
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 1
    assert said in found.err
    assert len(lab.runs()) in (1, 2)
    lab.config()
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == 3


def test_very_many_trials_need_consent(lab):
    lab.config(x="{min: 1, max: 10001, step: 1}")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 2
    assert "sweep.yaml: this would launch 10001 trials\n  say --yes" in found.err
    assert lab.files() == {}
    lab.config(x="{min: 1, max: 10001, step: 1}", more="limits: {trials: 1}\n")
    assert lab.run("launch", "sweep.yaml").code == 1
    assert len(lab.runs()) == 1


def test_what_is_not_installed_is_named_before_anything_runs(lab):
    lab.config()
    text = (lab.folder / "sweep.yaml").read_text()
    wanted = "trainer: {module: toy, requires: [docopt, no-such-thing, other_thing>=2]}"
    lab.write("sweep.yaml", text.replace("trainer: toy", wanted))
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 2
    assert " has no no-such-thing, other_thing>=2\n" in found.err
    assert "-m pip install no-such-thing" in found.err
    assert lab.files() == {}
    assert lab.run("plan", "sweep.yaml").code == 0


def test_a_trial_that_takes_too_long_is_ended(lab):
    lab.config(x="[1, 2]", mode="wait", more="limits: {timeout: 0.3, parallel: 2}\n")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 1
    rows = lab.run("results", "--json").json
    assert [(row["state"], row["reason"]) for row in rows] == [("failed", "timeout")] * 2


def test_a_config_of_the_same_name_for_another_program_is_refused(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    lab.write("other.py", (lab.folder / "toy.py").read_text().replace("toy.py", "other.py"))
    lab.write("sweep.yaml", (lab.folder / "sweep.yaml").read_text().replace("trainer: toy", "trainer: other"))
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 2
    assert "there is a sweep 'toy' already, and it runs toy on local" in found.err
    planned = lab.run("plan", "sweep.yaml")
    assert "note: a launch would refuse: " in planned.err
    assert "  new 3, keep 0, retry 0, removed 0\n" in planned.out
    assert lab.run("launch", "sweep.yaml", "--fresh").code == 0


def test_nothing_but_plain_lines_goes_into_a_pipe(lab):
    lab.config()
    found = lab.end(lab.start("launch", "sweep.yaml"))
    assert (found.code, found.out) == (0, "")
    assert len(found.err.splitlines()) == 4
    assert "\x1b" not in found.err
    assert "\r" not in found.err


def test_detached_it_goes_on_by_itself(lab):
    lab.config(x="[1, 2]", mode="wait", more="limits: {parallel: 2}\n")
    lab.write("sweeper.py", "raise SystemExit('the wrong sweeper')\n")  # in the way of `python -m sweeper`
    found = lab.run("launch", "sweep.yaml", "--detach")
    assert found.code == 0
    assert found.err.startswith("launching toy-")
    assert " runs it in the background; `sweeper watch` follows it" in found.err
    until(lambda: len(lab.runs()) == 2, "the start of both")
    assert "being run by process" in lab.run("status").out
    (lab.folder / "go").touch()
    until(lambda: lab.run("status", "--json").json["state"] == "done", "the end")
    assert lab.states() == {"succeeded": 2}
    log = (lab.folder / ".sweeper" / "launch.log").read_text()
    assert until(lambda: "2 succeeded" in (lab.folder / ".sweeper" / "launch.log").read_text(), log)


def test_a_detached_launch_that_cannot_begin_is_told_here(lab):
    lab.config()
    text = (lab.folder / "sweep.yaml").read_text()
    lab.run("launch", "sweep.yaml")
    lab.write("other.py", (lab.folder / "toy.py").read_text())
    lab.write("sweep.yaml", text.replace("trainer: toy", "trainer: other"))
    found = lab.run("launch", "sweep.yaml", "--detach")
    assert found.code == 2
    assert "there is a sweep 'toy' already" in found.err


def test_what_a_sweep_leaves_is_enough_to_know_what_ran(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    (folder,) = (lab.folder / ".sweeper").glob("toy-*")
    assert (folder / "config.yaml").read_text() == (lab.folder / "sweep.yaml").read_text()
    facts = json.loads((folder / "provenance.json").read_text())
    assert facts["trainer"] == "toy"
    assert facts["code_sha256"] == lab.run("results", "--json").json[0]["digest"]
    assert "docopt" in facts["packages"]


def test_a_slip_in_the_metrics_name_is_said_at_the_first_trial_and_costs_no_run(lab):
    config = lab.folder / lab.config()
    right = config.read_text()
    config.write_text(right.replace("name: score", "name: scores"))
    found = lab.run("launch", "sweep.yaml")
    assert found.err.count("has succeeded with no measurement named 'scores' (found: score)\n  if that is a") == 1
    config.write_text(right)
    again = lab.run("launch", "sweep.yaml")
    assert (again.code, len(lab.runs())) == (0, 3)
    assert "best score: 6" in again.err
    config.write_text(right.replace("name: score", "name: score, goal: minimize"))
    assert "best score: 2" in lab.run("launch", "sweep.yaml").err
    assert len(lab.runs()) == 3
