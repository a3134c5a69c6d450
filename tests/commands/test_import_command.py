"""``sweeper import``: somebody's tuning config as a config that can be planned and launched."""

from __future__ import annotations

import os
import sys

HAND = """\
trainingInput:
  pythonModule: toy
  args: ["--mode", "fine"]
  hyperparameters:
    goal: MAXIMIZE
    hyperparameterMetricTag: score
    maxTrials: 3
    params:
    - parameterName: x
      type: INTEGER
      minValue: 1
      maxValue: 9
"""


def test_an_existing_file_is_imported_planned_and_run(lab):
    lab.write("hptuning_config.yaml", HAND)
    found = lab.run("import", "hptuning_config.yaml")
    assert found.code == 0
    assert "note: maxParallelTrials is not in the file: the service takes 1" in found.err
    assert "method: service\ntrials: 3\n" in found.out
    lab.write("sweep.yaml", found.out)
    assert lab.run("plan", "sweep.yaml", "--json").json["points"] == 3
    done = lab.run("launch", "sweep.yaml", "--json")
    assert done.json["states"]["succeeded"] == 3
    assert "no service on this machine: its place is taken by method: auto" in done.err


def test_a_grid_search_is_the_grid_on_this_machine_too(lab):
    lab.write("hp.yaml", HAND.replace("maxTrials: 3", "maxTrials: 5\n    algorithm: GRID_SEARCH"))
    lab.write("sweep.yaml", lab.run("import", "hp.yaml").out)
    done = lab.run("launch", "sweep.yaml", "--json")
    assert done.json["states"]["succeeded"] == 5
    assert "method: auto" not in done.err
    shown = lab.run("results", "--json").json
    assert sorted(row["params"]["x"] for row in shown) == [1, 2, 3, 4, 5]


def test_a_file_is_written_once(lab):
    lab.write("hp.yaml", HAND)
    found = lab.run("import", "hp.yaml", "--output=tune.yaml")
    assert (found.code, found.out) == (0, "")
    assert "wrote tune.yaml; look at it, then: sweeper plan tune.yaml" in found.err
    before = (lab.folder / "tune.yaml").read_text()
    found = lab.run("import", "hp.yaml", "--output=tune.yaml")
    assert (found.code, (lab.folder / "tune.yaml").read_text()) == (2, before)
    assert "tune.yaml: it exists already" in found.err
    assert "cannot be written" in lab.run("import", "hp.yaml", "--output=no/such.yaml").err


def test_json_has_the_keys_that_scripts_rely_on(lab):
    lab.write("hp.yaml", HAND)
    found = lab.run("import", "hp.yaml", "--json").json
    assert set(found) == {"file", "text", "notes", "losses"}
    assert found["text"] == lab.run("import", "hp.yaml").out
    assert found["file"] is None


def test_what_is_invalid_is_told_with_its_line(lab):
    lab.write("hp.yaml", HAND.replace("INTEGER", "FLOAT").replace("MAXIMIZE", "UP"))
    found = lab.run("import", "hp.yaml")
    assert (found.code, found.out) == (2, "")
    assert "hp.yaml:5:11: trainingInput.hyperparameters.goal: expected MAXIMIZE or MINIMIZE, got 'UP'" in found.err
    assert "hp.yaml:10:13: " in found.err
    assert "expected DOUBLE, INTEGER, CATEGORICAL or DISCRETE, got 'FLOAT'\n  did you mean DOUBLE?" in found.err


def test_a_file_that_is_not_there_is_told(lab):
    found = lab.run("import", "nowhere.yaml")
    assert found.code == 2
    assert "nowhere.yaml: no such file" in found.err


ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--x", type=int, required=True)
parser.add_argument("--mode")
parser.add_argument("--job-dir")
parser.parse_args()
"""


def test_a_trainer_that_uses_argparse_is_planned_as_it_is(lab):
    lab.write("hp.yaml", HAND)
    lab.write("toy.py", ARGPARSE)
    assert lab.run("import", "hp.yaml", "--output=sweep.yaml").code == 0
    assert "usage: argparse" in (lab.folder / "sweep.yaml").read_text()
    found = lab.run("plan", "sweep.yaml")
    assert (found.code, "(all of them checked)" in found.out) == (0, True), found.err


def test_a_trainer_that_is_not_here_is_no_obstacle(lab):
    lab.write("hp.yaml", HAND.replace("toy", "nowhere.task"))
    found = lab.run("import", "hp.yaml")
    assert found.code == 0
    assert "trainer: nowhere.task" in found.out
    assert "note: `sweeper plan` will ask for changes first:" in found.err


WANDB = """\
program: toy.py
method: grid
metric: {name: score, goal: maximize, target: 3}
parameters:
  x: {values: [1, 2]}
  nothing: {values: [1e-5]}
"""


def test_a_loss_is_an_error_with_its_line_until_it_is_agreed_to(lab):
    lab.write("sweep_wandb.yaml", WANDB)
    found = lab.run("import", "sweep_wandb.yaml")
    assert (found.code, found.out) == (2, "")
    assert "sweep_wandb.yaml:3:39: metric.target: a sweep cannot say this: the sweep ends when" in found.err
    assert "with --lossy it is replaced so" in found.err
    found = lab.run("import", "sweep_wandb.yaml", "--lossy", "--json")
    assert [one["path"] for one in found.json["losses"]] == ["metric.target"]
    assert "#- sweep_wandb.yaml:3:39: metric.target" in found.json["text"].replace("# -", "#-")


def test_what_the_trainer_does_not_take_is_a_warning_before_anything_is_planned(lab):
    lab.write("sweep_wandb.yaml", WANDB)
    found = lab.run("import", "sweep_wandb.yaml", "--lossy")
    assert (
        "warning: sweep_wandb.yaml:6:22: parameters.nothing.values[0]: Weights & Biases reads 1e-5 as text" in found.err
    )
    assert "warning: parameters.nothing: the trainer's usage has no 'nothing'" in found.err


def test_an_imported_grid_runs(lab):
    lab.write("w.yaml", WANDB.replace("  nothing: {values: [1e-5]}\n", "").replace(", target: 3", ""))
    lab.write("sweep.yaml", lab.run("import", "w.yaml").out)
    assert lab.run("launch", "sweep.yaml", "--json").json["states"]["succeeded"] == 2


def test_a_format_that_nobody_knows_is_refused_by_name(lab):
    lab.write("w.yaml", WANDB)
    found = lab.run("import", "w.yaml", "--from=ray")
    assert found.code == 2
    assert "--from: expected mlengine, vertex, wandb" in found.err


def test_a_metric_that_nothing_reports_is_a_warning(lab):
    lab.write("w.yaml", WANDB.replace("score", "val_f1"))
    found = lab.run("import", "w.yaml", "--lossy")
    assert "warning: metric.name: nothing in toy.py, or beside it, mentions val_f1" in found.err
    lab.write("w.yaml", WANDB)
    assert "mentions" not in lab.run("import", "w.yaml", "--lossy").err


def test_what_is_too_large_or_has_no_end_is_refused_before_it_is_looked_at(lab):
    lab.write("w.yaml", WANDB + f"# {'x' * 100}\n" * 50_000)
    for file in ("w.yaml", "/dev/zero"):
        found = lab.run("import", file)
        assert (found.code, found.err) == (2, f"{file}: the file is larger than 4 MB: no sweep\n")


def test_a_pipe_that_nobody_writes_into_is_empty(lab):
    os.mkfifo(lab.folder / "pipe")
    found = lab.end(lab.start("import", "pipe"))
    assert (found.code, "pipe:1:1: the file is empty" in found.err) == (2, True), found.err


def test_standard_input_is_read(lab):
    piped = f"cat w.yaml | {sys.executable} -m sweeper import - --lossy"
    lab.write("w.yaml", WANDB)
    found = lab.end(lab.start_code(f"import subprocess, sys; sys.exit(subprocess.call({piped!r}, shell=True))"))
    assert found.code == 0, found.err
    assert "# Made from standard input, a sweep of Weights & Biases." in found.out
    assert "x: [1, 2]" in found.out


def test_a_file_of_nobody_known_is_told_which_tools_there_are(lab):
    lab.write("odd.yaml", "a: {b: 1}\n")
    found = lab.run("import", "odd.yaml")
    assert found.code == 2
    assert found.err == (
        "odd.yaml:1:1: whose file this is cannot be told\n"
        "  it looks like none of mlengine, vertex, wandb, katib, determined, nni, seml, csv, caliban, hydra; "
        "if it is one, say which: --from=wandb\n"
    )
    assert "this is no tuning config\n  ML Engine's has" in lab.run("import", "odd.yaml", "--from=vertex").err


KATIB = """\
kind: Experiment
spec:
  algorithm: {algorithmName: random}
  objective: {objectiveMetricName: score, type: maximize}
  maxTrialCount: 2
  parameters:
  - {name: x, parameterType: int, feasibleSpace: {min: "1", max: "9"}}
  trialTemplate:
    trialParameters: [{name: x, reference: x}]
    trialSpec:
      containers:
      - {image: "gcr.io/me/toy:1", command: [python, -m, toy, "--x=${trialParameters.x}"]}
"""


def test_a_container_is_said_to_need_a_cloud_before_the_config_is_planned(lab):
    lab.write("k.yaml", KATIB)
    found = lab.run("import", "k.yaml", "--lossy", "--output=sweep.yaml")
    first = "write backend: vertex, or take image: out to run it on this machine"
    assert f"wrote sweep.yaml; look at it, {first}, then: sweeper plan sweep.yaml" in found.err
    text = (lab.folder / "sweep.yaml").read_text()
    assert f"# note: trainer.image is for cloud jobs: {first}" in text
    lines = [line for line in text.splitlines() if not line.startswith("  image: ")]
    lab.write("sweep.yaml", "\n".join(lines).replace("usage: argparse", "usage: docopt"))
    assert lab.run("plan", "sweep.yaml", "--json").json["points"] == 2
