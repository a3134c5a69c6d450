"""The real gcloud creates, describes, lists and cancels tuning jobs; skipped where it is not on the PATH.

Each call takes gcloud one to two seconds, so a test makes few.
"""

import json

import pytest
from job_server import HOUR, job_server
from test_gcloud_jobs import Gcloud, pytestmark  # noqa: F401  the marks are the module's
from tuning_lab import BS, LR, OPT, PACKAGE, ended, entries, fill_bucket, ml_tuning, seen, tuning_api, vertex_tuning

REGION = "--region=us-central1"
TRAINING = [
    f"--packages={PACKAGE}",
    "--module-name=trainer.task",
    REGION,
    "--runtime-version=2.11",
    "--python-version=3.7",
]


@pytest.fixture(scope="module")
def gcloud(tmp_path_factory):
    with job_server(tmp_path_factory.mktemp("emulator")) as server:
        fill_bucket(server)
        yield Gcloud(server, tmp_path_factory.mktemp("home"))


def written(path, document):
    """The document as a file that gcloud takes; JSON is YAML."""
    path.write_text(json.dumps(document))
    return f"--config={path}"


def hptuning(**spec):
    """What ML Engine's --config holds: a Job without its name."""
    return {"trainingInput": {"hyperparameters": ml_tuning(**spec)["trainingInput"]["hyperparameters"]}}


def test_a_tuning_job_of_vertex_is_created_listed_described_and_cancelled(gcloud, tmp_path):
    body = vertex_tuning()
    body["trialJobSpec"]["workerPoolSpecs"][0]["replicaCount"] = 1
    config = written(tmp_path / "tuning.yaml", {key: body[key] for key in ("studySpec", "trialJobSpec")})
    counts = ["--max-trial-count=4", "--parallel-trial-count=2", "--labels=sweep=s1"]
    made = gcloud("ai", "hp-tuning-jobs", "create", REGION, "--display-name=digits", config, *counts)
    gcloud.server.pass_time()

    (listed,) = gcloud("ai", "hp-tuning-jobs", "list", REGION, "--filter=labels.sweep=s1")
    assert listed["name"] == made["name"]
    job = gcloud("ai", "hp-tuning-jobs", "describe", made["name"])
    assert (job["displayName"], job["state"], job["maxTrialCount"]) == ("digits", "JOB_STATE_RUNNING", 4)
    assert [(trial["id"], trial["state"]) for trial in job["trials"]] == [("1", "ACTIVE"), ("2", "ACTIVE")]
    assert [one["parameterId"] for one in job["trials"][0]["parameters"]][:2] == ["lr", "bs"]
    gcloud("ai", "hp-tuning-jobs", "cancel", made["name"])
    gcloud.server.pass_time()
    state = tuning_api(gcloud.server).get(name=made["name"]).execute()["state"]
    assert state == "JOB_STATE_CANCELLED"


def test_a_tuning_job_of_ml_engine_is_submitted_described_and_cancelled(gcloud, tmp_path):
    config = written(tmp_path / "hptuning_config.yaml", hptuning(maxTrials=4, maxParallelTrials=2))
    words = [config, *TRAINING, "--job-dir=gs://bkt/out", "--", "--epochs", "3"]
    gcloud("ml-engine", "jobs", "submit", "training", "tune_1", *words)
    gcloud.server.pass_time()

    job = gcloud("ml-engine", "jobs", "describe", "tune_1")
    assert (job["state"], job["trainingInput"]["args"]) == ("RUNNING", ["--epochs", "3"])
    output = job["trainingOutput"]
    assert (output["isHyperparameterTuningJob"], output["completedTrialCount"]) == (True, "0")
    assert [(trial["trialId"], trial["state"]) for trial in output["trials"]] == [("1", "RUNNING"), ("2", "RUNNING")]
    gcloud("ml-engine", "jobs", "cancel", "tune_1")
    gcloud.server.pass_time()
    state = gcloud.server.ml.get(name="projects/emulator/jobs/tune_1").execute()["state"]
    assert state == "CANCELLED"


def test_a_tuning_job_of_ml_engine_is_seen_to_its_end(gcloud, tmp_path):
    config = written(tmp_path / "hptuning_config.yaml", hptuning(maxTrials=2, params=[LR, BS]))
    gcloud("ai-platform", "jobs", "submit", "training", "tune_2", config, *TRAINING)
    for _ in range(2):
        gcloud.server.pass_time(HOUR)
    gcloud.server.pass_time()

    output = gcloud("ai-platform", "jobs", "describe", "tune_2")["trainingOutput"]
    values = [trial["finalMetric"]["objectiveValue"] for trial in output["trials"]]
    assert (output["completedTrialCount"], values) == ("2", sorted(values, reverse=True))


def test_what_only_the_server_can_see_is_told_by_it(gcloud, tmp_path):
    config = written(tmp_path / "hptuning_config.yaml", hptuning(goal="MAXIMISE", params=[OPT]))
    done = gcloud.run("ai-platform", "jobs", "submit", "training", "wrong", config, *TRAINING)

    assert done.returncode != 0
    assert "Invalid value at 'job.training_input.hyperparameters.goal'" in done.stderr


@pytest.mark.slow
def test_trials_that_gcloud_asked_for_are_run_for_real(tmp_path):
    with job_server(tmp_path / "emulator", simulate=None, clock="system", slots=2) as server:
        fill_bucket(server)
        gcloud = Gcloud(server, tmp_path)
        config = written(tmp_path / "hptuning_config.yaml", hptuning(maxTrials=2, maxParallelTrials=2, params=[LR, BS]))
        words = [config, *TRAINING, "--job-dir=gs://bkt/out", "--", "--epochs", "3"]
        gcloud("ml-engine", "jobs", "submit", "training", "real", *words)
        job = ended(lambda: server.ml.get(name="projects/emulator/jobs/real"))
        found = seen(entries(server, "real", project="emulator"))

    assert job["state"] == "SUCCEEDED", job
    for trial in job["trainingOutput"]["trials"]:
        params, number = trial["hyperparameters"], trial["trialId"]
        words = [f"--{name}={params[name]}" for name in ("lr", "bs")]
        assert found[number]["argv"] == ["--epochs", "3", *words, "--job-dir", f"gs://bkt/out/{number}"]
        assert trial["finalMetric"]["objectiveValue"] == pytest.approx(2 * float(params["lr"]))
