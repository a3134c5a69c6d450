"""``sweeper best``: the winner, as a line that runs it again, as its files."""

from __future__ import annotations

import json
import subprocess


def test_the_winner_is_named_with_its_values(lab):
    lab.config(more="  tag: 'a b'\n")
    lab.run("launch", "sweep.yaml")
    trial = lab.run("results", "--json").json[0]["trial"]
    found = lab.run("best")
    assert found.code == 0
    head, *values = found.out.splitlines()
    assert head.endswith(f": trial {trial}, score 6")
    assert values == ["  x: 3", "  mode: fine", "  tag: a b"]
    assert lab.run("best", "--json").json == lab.run("results", "--json").json[0]


def test_of_repeats_the_whole_id_is_named(lab):
    lab.config(x="[1]", more="repeats: {count: 2, parameter: seed}\n")
    launched = lab.run("launch", "sweep.yaml")
    row = lab.run("results", "--json").json[0]
    assert row["trial"] == f"{row['point']}-1"
    assert f"(trial {row['trial']})" in launched.err
    assert f"trial {row['trial']}, score 2.5, mean of 2 runs" in lab.run("best").out


def test_the_line_runs_the_winner_again_from_anywhere_and_leaves_its_files_alone(lab):
    lab.config(more='  tag: "it\'s a\\ttag; $HOME"\n')
    lab.run("launch", "sweep.yaml")
    before = lab.files()
    line = lab.run("best", "--argv").out
    assert line.count("\n") == 1
    done = subprocess.run(["bash", "-c", line], cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello from 3\n", "")
    after = lab.files()
    new = {name: text for name, text in after.items() if name not in before}
    assert {name: after[name] for name in before} == before
    (name,) = new
    assert name.endswith("/again-1/metrics.jsonl")
    assert json.loads(new[name]) == {"score": 6.0}
    assert "again-2" in lab.run("best", "--argv").out


def test_every_variable_that_names_a_folder_names_another_one(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    found = lab.run("best", "--argv", "--json").json
    assert set(found) == {"cwd", "env", "argv", "folder"}
    assert found["cwd"] == str(lab.folder)
    assert found["env"]["SWEEPER_JOB_DIR"] == found["folder"]
    assert found["env"]["CLOUD_ML_HP_METRIC_FILE"].startswith(found["folder"])
    assert f"--job-dir={found['folder']}" in found["argv"]


def test_run_runs_it_here_and_says_where_its_files_are(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    before = lab.files()
    found = lab.end(lab.start("best", "--run"))
    assert (found.code, found.out) == (0, "hello from 3\n")
    assert "exit code 0; its files are in " in found.err
    assert {name: lab.files()[name] for name in before} == before


def test_fetch_copies_the_output_into_a_new_folder_only(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    assert lab.run("best", "--fetch=got").code == 0
    assert json.loads((lab.folder / "got" / "metrics.jsonl").read_text()) == {"score": 6.0}
    found = lab.run("best", "--fetch=got")
    assert found.code == 2
    assert "expected a new or empty folder" in found.err
    lab.run("clean", "toy", "--keep=0", "--yes")
    found = lab.run("best", "--fetch=more")
    assert found.code == 2
    assert "are gone" in found.err
    assert not (lab.folder / "more").exists()


def test_without_a_winner_there_is_none(lab):
    lab.config(mode="silent")
    assert "no trial has reported a metric of the name score" in lab.run("launch", "sweep.yaml").err
    found = lab.run("best")
    assert found.code == 2
    assert "no trial of toy-" in found.err
