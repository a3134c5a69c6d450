"""``sweeper export`` to other tools, and back."""

from __future__ import annotations

CONFIG = """\
trainer: toy
method: grid
metric: {name: score, goal: maximize}
parameters:
  x: [1, 2, 3]
  mode: fine
limits: {parallel: 2}
"""


def test_a_sweep_goes_to_wandb_and_comes_back(lab):
    lab.write("mine.yaml", CONFIG)
    found = lab.run("export", "mine.yaml", "--to=wandb", "--output=w.yaml")
    assert (found.code, found.out) == (0, "")
    assert "note: limits.parallel: start 2 agents" in found.err
    assert "wandb sweep w.yaml" in (lab.folder / "w.yaml").read_text()
    lab.write("back.yaml", lab.run("import", "w.yaml").out)
    assert lab.run("plan", "back.yaml", "--json").json["points"] == 3
    assert lab.run("plan", "back.yaml", "--json").json["argv"] == lab.run("plan", "mine.yaml", "--json").json["argv"]


def test_a_sweep_goes_to_katib(lab):
    lab.write("mine.yaml", CONFIG)
    found = lab.run("export", "mine.yaml", "--to=katib")
    assert found.code == 0
    assert '"--x=${trialParameters.x}"' in found.out
    assert "maxTrialCount: 3" in found.out
    assert "note: write the container that holds the trainer in place of IMAGE-OF-YOURS" in found.err


def test_what_the_tool_cannot_say_is_refused_until_it_is_agreed_to(lab):
    lab.write("mine.yaml", CONFIG + "repeats: 3\nexclude: [{x: 2}]\nearly_stopping: {rule: patience, patience: 3}\n")
    found = lab.run("export", "mine.yaml", "--to=wandb")
    assert (found.code, found.out) == (2, "")
    for lost in (
        "exclude[0]: Weights & Biases cannot say this: the combination {x: 2} is left out",
        "repeats: Weights & Biases cannot say this: each point is run 3 times",
        "early_stopping: Weights & Biases cannot say this: trials are stopped by rule patience",
    ):
        assert lost in found.err
    listed = lab.run("export", "mine.yaml", "--to=wandb", "--lossy", "--json").json
    assert [one["path"] for one in listed["losses"]] == ["exclude[0]", "repeats", "early_stopping"]
    assert "# - exclude[0]: " in listed["text"]


def test_a_list_of_points_is_no_space(lab):
    lab.write("mine.yaml", "trainer: toy\nmethod: list\npoints: [{x: 1}]\n")
    found = lab.run("export", "mine.yaml", "--to=katib")
    assert found.code == 2
    assert "method: Katib has no lists of points" in found.err


def test_our_own_config_needs_no_import(lab):
    lab.write("mine.yaml", CONFIG)
    found = lab.run("import", "mine.yaml")
    assert found.code == 2
    assert "mine.yaml: it is a sweep config already" in found.err


def test_overrides_are_typed_as_they_are(lab):
    found = lab.run("import", "hydra", "python -m toy x=1,2 mode=fine")
    assert found.code == 0
    lab.write("sweep.yaml", found.out)
    assert lab.run("plan", "sweep.yaml", "--json").json["points"] == 2
    assert "overrides follow the word hydra" in lab.run("import", "other", "x=1,2").err
