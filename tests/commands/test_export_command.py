"""``sweeper export``: checked, translated, uploaded where that is asked for, written."""

from __future__ import annotations

import shutil

import pytest
import yaml
from command_lab import ROOT

from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
TRAINER = '''"""
Usage: task.py --lr=<x> [--batch-size=<n>] [--opt=<o>] [--data=<f>] [--fast] {job_dir}

Options:
  --lr=<x>          A number.
  --batch-size=<n>  A number.
  --opt=<o>         A word.
  --data=<f>        A file.
  --fast            A flag.
  --job-dir=<d>     A folder.
"""
from docopt import docopt
docopt(__doc__)
'''
CONFIG = """\
name: tune
trainer: {module: trainer.task, requires: [docopt]}
metric: {name: acc, from: hypertune}
stage: [words.txt]
parameters:
  data: words.txt
  lr: [0.1, 0.2]
  batch_size: {min: 16, max: 64, step: 16}
  opt: [sgd, no]
limits: {parallel: 2}
"""


@pytest.fixture
def tuned(lab, monkeypatch):
    """A sweep of a trainer in a package, and no settings of whoever runs the tests."""
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "SWEEPER_ENDPOINT", "SWEEPER_PROJECT", "SWEEPER_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(lab.folder / "gcloud"))
    (lab.folder / "trainer").mkdir()
    lab.write("trainer/__init__.py", "")
    lab.write("trainer/task.py", TRAINER.format(job_dir="[--job-dir=<d>]"))
    lab.write("words.txt", "some words")
    lab.write("tune.yaml", CONFIG)
    return lab


@pytest.fixture
def project(tuned):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, tuned.folder / folder, dirs_exist_ok=True)
    return tuned


def test_the_file_is_printed_with_the_trainers_own_names_and_the_commands_to_run(tuned):
    found = tuned.run("export", "tune.yaml", "--to=mlengine")
    assert (found.code, found.err) == (0, "")
    training = yaml.safe_load(found.out)["trainingInput"]
    assert [one["parameterName"] for one in training["hyperparameters"]["params"]] == ["lr", "batch-size", "opt"]
    assert training["hyperparameters"]["params"][2]["categoricalValues"] == ["sgd", "no"]
    assert training["args"] == ["--data=gs://NOT-STAGED/words.txt"]
    head = found.out.partition("\n\n")[0]
    assert "#   sweeper package tune.yaml --out=dist\n" in head
    assert (
        "#   gcloud ai-platform jobs submit training NAME --region=REGION --config=hptuning_config.yaml "
        "--packages=dist/trainer-0.1.tar.gz --module-name=trainer.task --job-dir=gs://BUCKET/NAME\n"
    ) in head
    assert "gs://NOT-STAGED below stands for your gs://BUCKET/FOLDER" in head
    assert not (tuned.folder / ".sweeper").exists()


def test_the_same_to_the_byte_every_time_and_over_an_older_file(tuned):
    first = tuned.run("export", "tune.yaml", "--to=vertex").out
    assert tuned.run("export", "tune.yaml", "--to=vertex").out == first
    tuned.write("out.yaml", "old")
    found = tuned.run("export", "tune.yaml", "--to=vertex", "--output=out.yaml")
    assert (found.code, found.out, found.err) == (0, "", "wrote out.yaml\n")
    text = (tuned.folder / "out.yaml").read_text()
    assert text == first.replace("--config=tuning.yaml", "--config=out.yaml")
    assert "gcloud ai hp-tuning-jobs create --region=REGION --display-name=tune --config=out.yaml" in text
    assert "gcloud storage cp dist/trainer-0.1.tar.gz gs://BUCKET/FOLDER/" in text


def test_place_and_machine_come_from_the_config_and_the_command_line(tuned):
    tuned.write("tune.yaml", CONFIG + "vertex: {region: europe-west4, machine: n1-highmem-8, spot: true}\n")
    found = tuned.run("export", "tune.yaml", "--to=vertex", "--project=my-project")
    (pool,) = yaml.safe_load(found.out)["trialJobSpec"]["workerPoolSpecs"]
    assert pool["machineSpec"] == {"machineType": "n1-highmem-8"}
    assert pool["pythonPackageSpec"]["executorImageUri"].startswith("europe-docker.pkg.dev/")
    assert "env" not in pool["pythonPackageSpec"]
    assert yaml.safe_load(found.out)["trialJobSpec"]["scheduling"] == {"strategy": "SPOT"}
    assert "create --project=my-project --region=europe-west4" in found.out


def launched(tuned):
    tuned.write("tune.yaml", CONFIG.replace("  batch_size: {min: 16, max: 64, step: 16}\n  opt: [sgd, no]\n", ""))
    return tuned.run("launch", "tune.yaml", "--json").json["sweep"]


@pytest.mark.parametrize("to", ["mlengine", "vertex"])
def test_a_launched_sweep_is_exported_as_the_file_it_was_launched_from(tuned, to):
    sweep_id = launched(tuned)
    first = tuned.run("export", "tune.yaml", f"--to={to}").out
    assert first
    tuned.write("tune.yaml", "gone: 1\n")
    for name in (sweep_id, "tune"):
        found = tuned.run("export", name, f"--to={to}")
        assert (found.code, found.out) == (0, first), found.err
    (tuned.folder / "tune.yaml").unlink()
    assert tuned.run("export", sweep_id, f"--to={to}").out == first


def test_a_file_wins_over_a_sweep_of_that_name(tuned):
    launched(tuned)
    tuned.write("tune", CONFIG.replace("name: tune", "name: other"))
    assert "displayName: other\n" in tuned.run("export", "tune", "--to=vertex").out


def test_what_is_neither_a_file_nor_a_sweep_is_told(tuned):
    assert "tuned.yaml" in tuned.run("export", "tuned.yaml", "--to=vertex").err
    sweep_id = launched(tuned)
    found = tuned.run("export", "tined", "--to=vertex")
    assert (found.code, found.out) == (2, "")
    assert "there is no file 'tined', and no sweep is called 'tined'" in found.err
    assert f"one of tune, {sweep_id}" in found.err
    with open_ledger(tuned.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow("bare-1", "bare", 0.0))
    assert "the config of bare-1 was not kept" in tuned.run("export", "bare", "--to=vertex").err
    assert "no/such.yaml: " in tuned.run("export", "no/such.yaml", "--to=vertex").err


def test_losses_are_an_error_and_with_consent_a_comment(tuned):
    tuned.write("tune.yaml", CONFIG + "exclude: [{lr: 0.1, opt: sgd}]\n")
    found = tuned.run("export", "tune.yaml", "--to=vertex")
    assert (found.code, found.out) == (2, "")
    assert "tune.yaml: exclude[0]: Vertex AI cannot say this: the combination {lr: 0.1, opt: sgd}" in found.err
    assert "--lossy" in found.err
    found = tuned.run("export", "tune.yaml", "--to=vertex", "--lossy")
    assert found.code == 0
    line = "exclude[0]: the combination {lr: 0.1, opt: sgd} is left out; instead, it is tried as well"
    assert found.err == f"note: {line}\n"
    assert f"#   {line}" in found.out.partition("\n\n")[0]
    assert yaml.safe_load(found.out)["maxTrialCount"] == 2 * 4 * 2
    listed = tuned.run("export", "tune.yaml", "--to=vertex", "--lossy", "--json").json
    assert set(listed) == {"to", "file", "text", "losses", "notes"}
    assert listed["text"] == found.out
    assert listed["losses"][0]["path"] == "exclude[0]"


WRONG = [
    (CONFIG.replace("lr: [", "lrr: ["), (), "the trainer's usage has no 'lrr'"),
    (CONFIG.replace("stage: [words.txt]\n", ""), (), "'words.txt' is a file of this machine; a job of vertex does not"),
    (
        CONFIG,
        ("--to=slurm",),
        "--to: expected mlengine, vertex, wandb, katib, optuna, mlflow, tensorboard, wandb-offline, got 'slurm'",
    ),
    (CONFIG, ("--output=no/such/folder.yaml",), "no/such/folder.yaml: cannot be written"),
    (CONFIG, ("--stage",), "vertex.bucket: the bucket is not known"),
    (CONFIG + "method: list\n", (), "method: list"),
]


@pytest.mark.parametrize(("config", "more", "said"), WRONG)
def test_what_is_wrong_is_told_and_nothing_is_written(tuned, config, more, said):
    tuned.write("tune.yaml", config)
    to = () if any(word.startswith("--to") for word in more) else ("--to=vertex",)
    found = tuned.run("export", "tune.yaml", *to, *more)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert not list(tuned.folder.glob("*.new"))


def test_a_trainer_without_job_dir_is_not_given_one(tuned):
    tuned.write("trainer/task.py", TRAINER.format(job_dir=""))
    found = tuned.run("export", "tune.yaml", "--to=mlengine")
    assert "--job-dir" not in found.out
    assert "--staging-bucket=gs://BUCKET" in found.out


def test_nothing_is_appended_behind_two_dashes(tuned):
    usage = '"""Usage: task.py --lr=<x> [--] <name>"""\nfrom docopt import docopt\ndocopt(__doc__)\n'
    tuned.write("trainer/task.py", usage)
    tuned.write("tune.yaml", "trainer: trainer.task\nparameters: {lr: [1, 2], name: '-a'}\n")
    found = tuned.run("export", "tune.yaml", "--to=vertex")
    assert found.code == 2
    assert "stands behind --" in found.err
    tuned.write("tune.yaml", "trainer: trainer.task\nparameters: {lr: [1, 2], name: a}\n")
    assert tuned.run("export", "tune.yaml", "--to=vertex").code == 0


def test_a_flag_cannot_be_tuned(tuned):
    tuned.write("tune.yaml", CONFIG.replace("opt: [sgd, no]", "fast: [true, false]"))
    found = tuned.run("export", "tune.yaml", "--to=vertex")
    assert "parameters.fast: Vertex AI cannot say this: it is a flag, and the service passes --name=value" in found.err
    assert "--fast" not in tuned.run("export", "tune.yaml", "--to=vertex", "--lossy").out


def test_an_image_needs_no_package(tuned):
    tuned.write(
        "tune.yaml", CONFIG.replace("requires: [docopt]", "image: gcr.io/p/i").replace("stage: [words.txt]\n", "")
    )
    tuned.write("tune.yaml", (tuned.folder / "tune.yaml").read_text().replace("  data: words.txt\n", ""))
    found = tuned.run("export", "tune.yaml", "--to=vertex")
    (pool,) = yaml.safe_load(found.out)["trialJobSpec"]["workerPoolSpecs"]
    assert pool["containerSpec"] == {"imageUri": "gcr.io/p/i"}
    assert "NOT-STAGED" not in found.out
    assert "sweeper package" not in found.out
    training = yaml.safe_load(tuned.run("export", "tune.yaml", "--to=mlengine").out)["trainingInput"]
    assert training["masterConfig"] == {"imageUri": "gcr.io/p/i"}
    assert "packageUris" not in training


@pytest.mark.parametrize("to", ["mlengine", "vertex"])
def test_stage_uploads_what_the_file_names(tuned, emulator, monkeypatch, to):
    monkeypatch.setenv("SWEEPER_ENDPOINT", emulator.url)
    command = ("export", "tune.yaml", f"--to={to}", "--stage", "--no-verify", "--bucket=gs://bucket/sweeps")
    found = tuned.run(*command)
    assert found.code == 0, found.err
    document = yaml.safe_load(found.out)
    if to == "vertex":
        spec = document["trialJobSpec"]
        program = spec["workerPoolSpecs"][0]["pythonPackageSpec"]
        assert spec["baseOutputDirectory"] == {"outputUriPrefix": "gs://bucket/sweeps/tune/tuning"}
    else:
        program = document["trainingInput"]
        assert f"--packages={program['packageUris'][0]} --module-name" in found.out
        assert "--job-dir=gs://bucket/sweeps/tune/NAME" in found.out
    urls = [program["packageUris"][0], program["args"][0].removeprefix("--data=")]
    for url in urls:
        name = url.removeprefix("gs://bucket/").replace("/", "%2F")
        assert emulator.call("GET", f"/storage/v1/b/bucket/o/{name}")[0] == 200, url
    assert "NOT-STAGED" not in found.out
    again = tuned.run(*command)
    assert again.out == found.out
    assert "uploading" in found.err
    assert "uploading" not in again.err


@pytest.mark.parametrize("to", ["mlengine", "vertex"])
def test_the_shipped_config_for_a_service_loses_nothing(project, to):
    found = project.run("export", "configs/tune.yaml", f"--to={to}", "--json").json
    assert found["losses"] == []
    assert len(found["notes"]) == 1  # that the trainer must report the metric
    line = f"# `sweeper launch configs/tune.yaml --backend={to}` creates the same tuning job, and keeps its results.\n"
    assert line in found["text"].partition("\n\n")[0]
    assert "sweeper launch" not in project.run("export", "configs/grid.yaml", f"--to={to}").out


def test_what_a_launch_would_refuse_is_not_said_to_be_launched(tuned):
    tuned.write("tune.yaml", CONFIG + "method: service\ntrials: 4\nexclude: [{lr: 0.1, opt: sgd}]\n")
    found = tuned.run("export", "tune.yaml", "--to=vertex", "--lossy")
    assert found.code == 0
    assert "sweeper launch" not in found.out


@pytest.mark.parametrize("to", ["mlengine", "vertex"])
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_a_shipped_config_is_exported_and_comes_back_as_one_that_can_be_planned(project, path, to):
    found = project.run("export", f"configs/{path.name}", f"--to={to}", "--lossy", "--output=out.yaml")
    if path.name == "list.yaml":
        assert "a list of points leaves nothing to search" in found.err
        return
    assert found.code == 0, found.err
    assert project.run("import", "out.yaml", "--output=back.yaml").code == 0
    planned = project.run("plan", "back.yaml")
    assert planned.code == 0, planned.err
    assert "(all of them checked)" in planned.out
    again = project.run("export", "back.yaml", f"--to={to}").out
    assert yaml.safe_load(again) == yaml.safe_load((project.folder / "out.yaml").read_text())
