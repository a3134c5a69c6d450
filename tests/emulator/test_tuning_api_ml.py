"""Tuning jobs of ML Engine over HTTP, asked by google-api-python-client; their trials simulated or real processes."""

import json

import pytest
from job_server import HOUR, job_server
from test_job_services import ml_job, refused
from tuning_lab import BS, LAYERS, LR, OPT, PROJECT, ended, entries, fill_bucket, ml_tuning, seen

from sweeper.emulator.discovery import load, root_of
from sweeper.emulator.validation.payload import read_message

NAME = f"{PROJECT}/jobs/tune_1"


@pytest.fixture
def server(tmp_path):
    with job_server(tmp_path) as running:
        fill_bucket(running)
        yield running


def create(server, *args, **fields):
    return server.ml.create(parent=PROJECT, body=ml_tuning(*args, **fields)).execute()


def get(server, job_id="tune_1"):
    return server.ml.get(name=f"{PROJECT}/jobs/{job_id}").execute()


def trials_of(job):
    return job["trainingOutput"].get("trials", [])


def test_a_tuning_job_lives_from_queue_to_end(server):
    made = create(server, labels={"sweep": "s1"}, maxTrials=3, maxParallelTrials=2)
    assert (made["state"], made["labels"]) == ("QUEUED", {"sweep": "s1"})
    assert made["trainingInput"]["hyperparameters"]["params"][1]["discreteValues"] == [16, 32]
    assert made["trainingOutput"]["isHyperparameterTuningJob"] is True

    server.pass_time()
    running = get(server)
    assert (running["state"], "startTime" in running) == ("RUNNING", True)
    assert [(one["trialId"], one["state"]) for one in trials_of(running)] == [("1", "RUNNING"), ("2", "RUNNING")]
    assert running["trainingOutput"]["completedTrialCount"] == "0"

    server.pass_time(HOUR)
    server.pass_time(HOUR)
    done = get(server)
    assert (done["state"], done["startTime"]) == ("SUCCEEDED", running["startTime"])
    assert done["trainingOutput"]["completedTrialCount"] == "3"
    values = [one["finalMetric"]["objectiveValue"] for one in trials_of(done)]
    assert values == sorted(values, reverse=True)
    assert {one["trialId"] for one in trials_of(done)} == {"1", "2", "3"}
    assert all(one["startTime"] <= one["endTime"] for one in trials_of(done))
    read_message(load("ml"), root_of("ml"), done, root="job")


def test_no_list_shows_the_jobs_that_run_trials(server):
    create(server)
    server.ml.create(parent=PROJECT, body=ml_job("plain")).execute()
    server.pass_time()

    listed = server.ml.list(parent=PROJECT).execute()["jobs"]
    assert [job["jobId"] for job in listed] == ["plain", "tune_1"]
    assert listed[0]["trainingOutput"] == {}
    assert len(trials_of(listed[1])) == 1
    assert entries(server, "tune_1-1") == []


def test_tuning_jobs_are_filtered_and_paged_like_others(server):
    for n in range(3):
        create(server, f"tune_{n}")
    server.pass_time()

    def page(**query):
        found = server.ml.list(parent=PROJECT, filter="jobId:tune_* AND state:RUNNING", pageSize=2, **query).execute()
        return [job["jobId"] for job in found["jobs"]], found.get("nextPageToken")

    first, token = page()
    second, last = page(pageToken=token)
    assert (first, second, last) == (["tune_2", "tune_1"], ["tune_0"], None)


def test_what_is_wrong_with_a_study_comes_in_the_envelope(server):
    wrong = server.ml.create(parent=PROJECT, body=ml_tuning(params=[{**LR, "type": "FLOAT"}]))
    code, status, message, _ = refused(wrong)
    assert (code, status) == (400, "INVALID_ARGUMENT")
    assert message == (
        "Invalid value at 'job.training_input.hyperparameters.params[0].type' "
        '(type.googleapis.com/google.cloud.ml.v1.ParameterSpec.ParameterType), "FLOAT"'
    )
    missing = server.ml.create(parent=PROJECT, body=ml_tuning(params=[]))
    code, status, message, details = refused(missing)
    assert message == "Field: job.training_input.hyperparameters.params Error: Required field is not set."
    assert details[0]["fieldViolations"][0]["field"] == "job.training_input.hyperparameters.params"
    assert server.ml.list(parent=PROJECT).execute() == {}


def test_a_cancel_ends_the_job_and_its_trials(server):
    create(server, maxTrials=4, maxParallelTrials=2)
    server.pass_time()
    assert server.ml.cancel(name=NAME, body={}).execute() == {}
    assert get(server)["state"] in ("CANCELLING", "CANCELLED")
    server.pass_time()

    job = get(server)
    assert (job["state"], "endTime" in job) == ("CANCELLED", True)
    assert [one["state"] for one in trials_of(job)] == ["CANCELLED", "CANCELLED"]
    assert refused(server.ml.cancel(name=NAME, body={}))[:2] == (400, "FAILED_PRECONDITION")
    server.faults("ml.cancel:cancel_ended=1")
    assert server.ml.cancel(name=NAME, body={}).execute() == {}


def test_an_id_is_one_jobs_whatever_its_kind(server):
    create(server)

    assert refused(server.ml.create(parent=PROJECT, body=ml_tuning()))[:2] == (409, "ALREADY_EXISTS")
    assert refused(server.ml.create(parent=PROJECT, body=ml_job("tune_1")))[:2] == (409, "ALREADY_EXISTS")


def test_a_job_goes_on_from_an_earlier_one(server):
    create(server, maxTrials=2)
    server.pass_time(2 * HOUR)
    server.pass_time(2 * HOUR)
    assert get(server)["state"] == "SUCCEEDED"
    create(server, "tune_2", maxTrials=1, resumePreviousJobId="tune_1")
    server.pass_time()

    assert [one["trialId"] for one in trials_of(get(server, "tune_2"))] == ["3"]


@pytest.mark.parametrize(
    ("earlier", "changes", "expected"),
    [
        ("nobody", {}, (404, "NOT_FOUND")),
        ("plain", {}, (400, "INVALID_ARGUMENT")),
        ("running", {}, (400, "INVALID_ARGUMENT")),
        ("ended", {"params": [BS, LR, OPT]}, (400, "INVALID_ARGUMENT")),
        ("ended", {"goal": "MINIMIZE"}, (400, "INVALID_ARGUMENT")),
        ("ended", {"hyperparameterMetricTag": "loss"}, (400, "INVALID_ARGUMENT")),
        ("ended", {"params": [BS, LR, LAYERS, OPT], "algorithm": "RANDOM_SEARCH"}, None),
    ],
)
def test_a_job_that_another_cannot_go_on_from_is_refused(server, earlier, changes, expected):
    server.ml.create(parent=PROJECT, body=ml_job("plain")).execute()
    create(server, "ended")
    server.ml.cancel(name=f"{PROJECT}/jobs/ended", body={}).execute()
    server.pass_time()
    create(server, "running")
    request = server.ml.create(parent=PROJECT, body=ml_tuning("next", resumePreviousJobId=earlier, **changes))

    if expected is None:
        assert request.execute()["jobId"] == "next"
        return
    code, status, message, _ = refused(request)
    assert (code, status) == expected
    assert message.startswith("Field: job.training_input.hyperparameters.resume_previous_job_id Error: The ")


def test_labels_of_a_tuning_job_can_be_patched(server):
    create(server)
    server.pass_time()
    job = server.ml.patch(name=NAME, updateMask="labels", body={"labels": {"a": "1"}}).execute()

    assert job["labels"] == {"a": "1"}
    assert job["trainingOutput"]["isHyperparameterTuningJob"] is True


def test_an_answer_that_is_lost_and_a_delivery_that_comes_twice_make_one_job(server):
    for fault, status in (("error503_after", 503), ("duplicate", 409), ("error500", 500)):
        sent = server.send("POST", f"/v1/{PROJECT}/jobs", ml_tuning(fault), headers=[("X-Emulator-Fault", fault)])
        assert sent[0] == status
    listed = server.ml.list(parent=PROJECT).execute()["jobs"]

    assert [job["jobId"] for job in listed] == ["duplicate", "error503_after"]


def test_a_list_lags_and_the_books_say_which_job_it_was(server):
    server.faults("ml.list:lag=30s")
    create(server, labels={"sweep": "s1"})
    server.pass_time(29)
    assert server.ml.list(parent=PROJECT).execute() == {}
    server.pass_time(1)
    assert len(server.ml.list(parent=PROJECT).execute()["jobs"]) == 1
    (row,) = server.books("ml.create")
    assert row["about"] == [{"job": NAME, "labels": {"sweep": "s1"}}]


def test_a_trial_is_a_process_with_its_own_arguments_environment_folder_and_log(tmp_path):
    with job_server(tmp_path, simulate=None, clock="system", slots=2) as server:
        fill_bucket(server)
        create(server, maxTrials=3, maxParallelTrials=2, labels={"sweep": "s1"})
        job = ended(lambda: server.ml.get(name=NAME))
        lines = entries(server, "tune_1")
        third = entries(server, "tune_1", ' AND labels."ml.googleapis.com/trial_id"="3"')

    assert job["state"] == "SUCCEEDED", lines
    found = seen(lines)
    assert sorted(found) == ["1", "2", "3"]
    trials = {one["trialId"]: one for one in trials_of(job)}
    for number, one in found.items():
        params = trials[number]["hyperparameters"]
        words = [f"--{name}={params[name]}" for name in ("lr", "bs", "opt", "layers")]
        assert one["argv"] == ["--epochs", "3", *words, "--job-dir", f"gs://bkt/out/{number}"]
        assert params["bs"] in ("16", "32")
        assert params["layers"] in ("1", "2", "3", "4", "5")
        env = one["env"]
        assert (env["CLOUD_ML_JOB_ID"], env["CLOUD_ML_HP_METRIC_TAG"]) == ("tune_1", "accuracy")
        assert json.loads(env["TF_CONFIG"])["task"]["trial"] == number
        assert json.loads(env["CLOUD_ML_JOB"])["hyperparameters"]["maxTrials"] == 3
        expected = {"objectiveValue": pytest.approx(2 * float(params["lr"])), "trainingStep": "2"}
        assert trials[number]["finalMetric"] == expected
    assert len({one["env"]["CLOUD_ML_HP_METRIC_FILE"] for one in found.values()}) == 3
    assert {entry["labels"]["ml.googleapis.com/trial_id"] for entry in lines} == {"1", "2", "3"}
    assert {entry["labels"]["sweep"] for entry in lines} == {"s1"}
    assert list(seen(third)) == ["3"]
    assert [entry["timestamp"] for entry in lines] == sorted(entry["timestamp"] for entry in lines)
    assert len({entry["insertId"] for entry in lines}) == len(lines)


def test_discrete_values_may_arrive_as_floats(tmp_path):
    with job_server(tmp_path, faults="discrete_floats=1") as server:
        create(server, params=[BS, LR])
        server.pass_time()
        (trial,) = trials_of(get(server))
        (command,) = [
            entry["jsonPayload"]["message"]
            for entry in entries(server, "tune_1")
            if entry["jsonPayload"]["message"].startswith("Running command")
        ]

    assert trial["hyperparameters"]["bs"] in ("16.0", "32.0")
    assert f"--bs={trial['hyperparameters']['bs']} --lr=" in command
