"""A job as the service would start it: argv and environment."""

import json

from sweeper.emulator.aiplatform import service as vertex
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.ml import service as ml

PACKAGE = "gs://bkt/p/trainer-0.1.tar.gz"


def ml_work(**fields):
    given = {"region": "us-central1", "pythonModule": "trainer.task", "packageUris": [PACKAGE], **fields}
    return ml.work_of(Record("projects/p/jobs", "job_1", {"trainingInput": given}, 5_000_000, 0), "p")


def vertex_work(task, **spec):
    body = {"jobSpec": {"workerPoolSpecs": [task], **spec}}
    record = Record("projects/123/locations/europe-west4/customJobs", "456", body, 5_000_000, 0, display="d")
    return vertex.work_of(record, "p")


def package(**fields):
    return {"pythonPackageSpec": {"pythonModule": "trainer.task", "packageUris": [PACKAGE], **fields}}


def test_ml_engine_appends_the_job_dir_as_two_tokens():
    work = ml_work(args=["--lr", "0.1", "a b", "", "--x=ü"], jobDir="gs://bkt/out/")

    assert work.args == ("--lr", "0.1", "a b", "", "--x=ü", "--job-dir", "gs://bkt/out/")
    assert (work.name, work.module, work.packages) == ("projects/p/jobs/job_1", "trainer.task", (PACKAGE,))
    assert (work.job_dir, work.timeout, work.created) == ("gs://bkt/out/", 604800, 5.0)


def test_ml_engine_appends_nothing_without_a_job_dir():
    assert ml_work(args=["--lr", "0.1"]).args == ("--lr", "0.1")
    assert ml_work().args == ()


def test_ml_engine_tells_a_program_about_its_job():
    env = ml_work(args=["a"], scheduling={"maxRunningTime": "90s"}).env

    assert (env["CLOUD_ML_JOB_ID"], env["CLOUD_ML_PROJECT_ID"], env["CLOUD_ML_REGION"]) == ("job_1", "p", "us-central1")
    assert json.loads(env["CLOUD_ML_JOB"])["args"] == ["a"]
    cluster = json.loads(env["TF_CONFIG"])
    assert (cluster["task"], cluster["environment"]) == ({"type": "master", "index": 0}, "cloud")
    assert list(cluster["cluster"]) == ["master"]
    assert "CLOUD_ML_TRIAL_ID" not in env


def test_a_container_on_ml_engine_gets_its_command_and_arguments():
    config = {"imageUri": "gcr.io/p/i", "containerCommand": ["python", "t.py"], "containerArgs": ["--lr"]}
    work = ml_work(masterConfig=config, jobDir="gs://bkt/out", packageUris=[], scheduling={"maxRunningTime": "90s"})

    assert (work.image, work.command, work.module) == ("gcr.io/p/i", ("python", "t.py"), None)
    assert work.args == ("--lr", "--job-dir", "gs://bkt/out")
    assert work.timeout == 90


def test_vertex_adds_nothing_to_the_arguments():
    work = vertex_work(package(args=["--lr", "0.1"]), baseOutputDirectory={"outputUriPrefix": "gs://bkt/out"})

    assert work.args == ("--lr", "0.1")
    assert (work.module, work.packages, work.image, work.command) == ("trainer.task", (PACKAGE,), None, ())
    assert work.job_dir == "gs://bkt/out/"


def test_vertex_tells_a_program_where_its_output_goes():
    for prefix in ("gs://bkt/out", "gs://bkt/out/"):
        env = vertex_work(package(), baseOutputDirectory={"outputUriPrefix": prefix}).env
        assert env["AIP_MODEL_DIR"] == "gs://bkt/out/model/"
        assert env["AIP_CHECKPOINT_DIR"] == "gs://bkt/out/checkpoints/"
        assert env["AIP_TENSORBOARD_LOG_DIR"] == "gs://bkt/out/logs/"


def test_vertex_tells_a_program_about_its_job():
    env = vertex_work(package()).env

    assert (env["CLOUD_ML_JOB_ID"], env["CLOUD_ML_PROJECT_ID"], env["CLOUD_ML_REGION"]) == ("456", "p", "europe-west4")
    assert json.loads(env["CLUSTER_SPEC"])["task"] == {"index": 0, "type": "workerpool0"}
    assert json.loads(env["TF_CONFIG"])["task"]["type"] == "chief"
    assert not [name for name in env if name.startswith("AIP_")]


def test_variables_of_a_job_win_and_may_refer_to_earlier_ones():
    given = [
        {"name": "CLOUD_ML_REGION", "value": "mine"},
        {"name": "A", "value": "$(CLOUD_ML_JOB_ID)/$(NOWHERE)/$$(A)"},
        {"name": "B", "value": "$(A)"},
        {"name": "EMPTY"},
    ]
    env = vertex_work(package(env=given)).env

    assert env["CLOUD_ML_REGION"] == "mine"
    assert env["A"] == env["B"] == "456/$(NOWHERE)/$(A)"
    assert env["EMPTY"] == ""


def test_a_container_on_vertex_gets_its_command_and_arguments():
    work = vertex_work({"containerSpec": {"imageUri": "i", "command": ["python", "t.py"], "args": ["--lr", "1"]}})

    assert (work.image, work.command, work.args, work.module) == ("i", ("python", "t.py"), ("--lr", "1"), None)


def test_a_simulated_run_leaves_its_metric_where_the_program_would():
    assert vertex_work(package(args=["--job-dir", "gs://bkt/a"])).job_dir == "gs://bkt/a"
    assert vertex_work(package(args=["--job-dir=gs://bkt/a"])).job_dir == "gs://bkt/a"
    assert vertex_work(package()).job_dir is None
