"""Tuning jobs of Vertex over HTTP, asked by google-api-python-client; their trials simulated or real processes."""

import json
import re

import pytest
from job_server import HOUR, job_server
from test_job_services import custom_job, refused
from tuning_lab import PLACE, ended, entries, fill_bucket, seen, tuning_api, vertex_tuning

from sweeper.emulator.discovery import TUNING_JOB, load
from sweeper.emulator.validation.payload import read_message

PATH = f"/v1/{PLACE}/hyperparameterTuningJobs"


@pytest.fixture
def server(tmp_path):
    with job_server(tmp_path) as running:
        fill_bucket(running)
        running.tuning = tuning_api(running)
        yield running


def create(server, *args, **fields):
    return server.tuning.create(parent=PLACE, body=vertex_tuning(*args, **fields)).execute()


def get(server, name):
    return server.tuning.get(name=name).execute()


def test_a_tuning_job_lives_from_pending_to_end(server):
    made = create(server, labels={"sweep": "s1"}, maxTrialCount=3, parallelTrialCount=2)
    assert re.fullmatch(r"projects/\d{12}/locations/us-central1/hyperparameterTuningJobs/\d{19}", made["name"])
    assert (made["state"], made["displayName"], made["labels"]) == ("JOB_STATE_PENDING", "digits", {"sweep": "s1"})
    assert made["trialJobSpec"]["workerPoolSpecs"][0]["diskSpec"]["bootDiskType"] == "pd-ssd"
    assert not {"startTime", "endTime", "error"} & made.keys()

    server.pass_time()
    running = get(server, made["name"])
    assert (running["state"], "startTime" in running) == ("JOB_STATE_RUNNING", True)
    assert [(one["id"], one["state"]) for one in running["trials"]] == [("1", "ACTIVE"), ("2", "ACTIVE")]

    server.pass_time(HOUR)
    server.pass_time(HOUR)
    done = get(server, made["name"])
    assert (done["state"], done["startTime"]) == ("JOB_STATE_SUCCEEDED", running["startTime"])
    assert [(one["id"], one["state"]) for one in done["trials"]] == [(n, "SUCCEEDED") for n in "123"]
    assert {one["finalMeasurement"]["metrics"][0]["metricId"] for one in done["trials"]} == {"accuracy"}
    assert all(one["startTime"] <= one["endTime"] for one in done["trials"])
    read_message(load("aiplatform"), TUNING_JOB, done, root="hyperparameter_tuning_job")


def test_a_trial_is_a_custom_job_that_the_list_shows(server):
    made = create(server, labels={"sweep": "s1"})
    server.pass_time()
    (trial,) = get(server, made["name"])["trials"]
    (job,) = server.custom.list(parent=PLACE, filter="labels.sweep=s1").execute()["customJobs"]

    assert (job["name"], job["displayName"], job["state"]) == (
        trial["customJob"],
        "digits-trial-1",
        "JOB_STATE_RUNNING",
    )
    assert job["jobSpec"]["baseOutputDirectory"] == {"outputUriPrefix": "gs://bkt/out/1"}
    assert server.custom.get(name=job["name"]).execute() == job
    assert [entry["resource"]["labels"]["job_id"] for entry in entries(server, job["name"].rpartition("/")[2])]


def test_tuning_jobs_are_filtered_masked_and_paged(server):
    names = [create(server, f"tune_{n}", labels={"n": str(n % 2)})["name"] for n in range(3)]
    server.custom.create(parent=PLACE, body=custom_job("tune_9")).execute()
    server.pass_time()

    def page(**query):
        found = server.tuning.list(parent=PLACE, pageSize=2, **query).execute()
        return [job["name"] for job in found.get("hyperparameterTuningJobs", [])], found.get("nextPageToken")

    first, token = page(filter='display_name:"tune_*"')
    second, last = page(filter='display_name:"tune_*"', pageToken=token)
    assert (first, second, last) == ([names[2], names[1]], [names[0]], None)
    assert page(filter="labels.n=1") == ([names[1]], None)
    assert page(filter='state="JOB_STATE_SUCCEEDED"') == ([], None)
    assert page(filter='state!="JOB_STATE_SUCCEEDED" AND NOT labels.n=0')[0] == [names[1]]
    assert refused(server.tuning.list(parent=PLACE, filter="trials=1"))[:2] == (400, "INVALID_ARGUMENT")
    masked = server.tuning.list(parent=PLACE, filter="labels.n=1", readMask="display_name,trials.id").execute()
    assert masked["hyperparameterTuningJobs"] == [{"displayName": "tune_1", "trials": [{"id": "1"}]}]
    elsewhere = PLACE.replace("us-central1", "europe-west4")
    assert server.tuning.list(parent=elsewhere).execute() == {}


def test_what_is_wrong_with_a_study_comes_in_the_envelope(server):
    body = vertex_tuning(study={"metrics": []}, parallelTrialCount=5)
    code, status, message, details = refused(server.tuning.create(parent=PLACE, body=body))

    assert (code, status) == (400, "INVALID_ARGUMENT")
    assert message == (
        "List of found errors:\t1.Field: study_spec.metrics; Message: Required field is not set."
        "\t2.Field: hyperparameter_tuning_job.parallel_trial_count; "
        "Message: It cannot be greater than max_trial_count: 5 > 2.\t"
    )
    assert len(details[0]["fieldViolations"]) == 2
    unknown = refused(server.tuning.create(parent=PLACE, body=vertex_tuning(max_trials=3)))
    assert unknown[2] == (
        "Invalid JSON payload received. Unknown name \"max_trials\" at 'hyperparameter_tuning_job': Cannot find field."
    )
    assert refused(server.tuning.create(parent=PLACE.replace("us-", "mars-"), body=vertex_tuning()))[0] == 403


def test_a_cancel_ends_the_job_and_its_trials(server):
    name = create(server)["name"]
    server.pass_time()
    assert server.tuning.cancel(name=name, body={}).execute() == {}
    server.pass_time()

    job = get(server, name)
    assert (job["state"], job["error"]["code"]) == ("JOB_STATE_CANCELLED", 1)
    child = server.custom.get(name=job["trials"][0]["customJob"]).execute()
    assert child["state"] == "JOB_STATE_CANCELLED"
    assert refused(server.tuning.cancel(name=name, body={}))[:2] == (400, "FAILED_PRECONDITION")
    server.faults("tuning.cancel:cancel_ended=1")
    assert server.tuning.cancel(name=name, body={}).execute() == {}


def test_a_tuning_job_can_be_deleted_when_it_has_ended(server):
    name = create(server)["name"]
    server.pass_time()
    assert refused(server.tuning.delete(name=name))[:2] == (400, "FAILED_PRECONDITION")
    server.tuning.cancel(name=name, body={}).execute()
    server.pass_time()
    operation = server.tuning.delete(name=name).execute()

    assert operation["done"] is True
    assert re.fullmatch(r"projects/\d+/locations/us-central1/operations/\d+", operation["name"])
    code, status, message, _ = refused(server.tuning.get(name=name))
    assert (code, status, message) == (404, "NOT_FOUND", f'The HyperparameterTuningJob "{name}" does not exist.')
    assert server.tuning.list(parent=PLACE).execute() == {}


def test_the_sdks_get_enums_as_numbers(server):
    numbers = "%24alt=json%3Benum-encoding%3Dint"
    body = vertex_tuning(study={"algorithm": 3, "measurementSelectionType": 2})
    _, made = server.send("POST", f"{PATH}?{numbers}", body)
    server.pass_time()
    _, page = server.send("GET", f"{PATH}?{numbers}")
    (job,) = page["hyperparameterTuningJobs"]

    assert (made["state"], job["state"]) == (2, 3)
    assert (job["studySpec"]["algorithm"], job["studySpec"]["measurementSelectionType"]) == (3, 2)
    assert job["trials"][0]["state"] == 2


def test_the_beta_version_is_the_same_api(server):
    status, made = server.send("POST", PATH.replace("/v1/", "/v1beta1/"), vertex_tuning("beta"))

    assert (status, get(server, made["name"])["displayName"]) == (200, "beta")


def test_faults_meet_tuning_jobs_as_they_meet_others(server):
    def send(fault):
        return server.send("POST", PATH, vertex_tuning(fault), headers=[("X-Emulator-Fault", fault)])

    assert send("error503_after")[0] == 503
    assert send("duplicate")[0] == 200
    assert send("error500")[0] == 500
    code, body = send("denied")
    assert (code, body["error"]["details"][0]["metadata"]["permission"]) == (
        403,
        "aiplatform.hyperparameterTuningJobs.create",
    )
    listed = server.tuning.list(parent=PLACE).execute()["hyperparameterTuningJobs"]
    assert [job["displayName"] for job in listed] == ["duplicate", "duplicate", "error503_after"]
    parts = {row["part"] for row in server.books("tuning.*")}
    assert parts == {"tuning.create", "tuning.list"}
    about = [one for row in server.books("tuning.create") for one in row["about"]]
    assert sorted(one["job"] for one in about) == sorted(job["name"] for job in listed)


def test_a_list_lags_behind_create_but_get_does_not(server):
    server.faults("tuning.list:lag=30s")
    name = create(server)["name"]

    assert server.tuning.list(parent=PLACE).execute() == {}
    assert get(server, name)["name"] == name
    server.pass_time(30)
    assert len(server.tuning.list(parent=PLACE).execute()["hyperparameterTuningJobs"]) == 1


def test_jobs_of_both_kinds_share_the_quota_of_submissions_and_trials_cost_nothing(tmp_path):
    with job_server(tmp_path, quota="creates=2/min") as server:
        server.pass_time(60 - server.send("POST", "/_emulator/clock", {"advance": 0})[1]["now"] % 60)
        assert server.send("POST", PATH, vertex_tuning(maxTrialCount=4, parallelTrialCount=4))[0] == 200
        server.pass_time()
        assert server.send("POST", f"/v1/{PLACE}/customJobs", custom_job())[0] == 200
        status, body = server.send("POST", PATH, vertex_tuning())
        assert (status, body["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
        assert "service 'aiplatform.googleapis.com'" in body["error"]["message"]
        (job,) = server.send("GET", PATH)[1]["hyperparameterTuningJobs"]
        assert len(job["trials"]) == 4


def test_a_trial_is_a_process_with_its_own_arguments_environment_and_folders(tmp_path):
    with job_server(tmp_path, simulate=None, clock="system", slots=2) as server:
        fill_bucket(server)
        server.tuning = tuning_api(server)
        name = create(server, maxTrialCount=4, parallelTrialCount=2)["name"]
        job = ended(lambda: server.tuning.get(name=name))
        lines = {one["id"]: entries(server, one["customJob"].rpartition("/")[2]) for one in job["trials"]}

    assert job["state"] == "JOB_STATE_SUCCEEDED", lines
    assert [one["id"] for one in job["trials"]] == ["1", "2", "3", "4"]
    for trial in job["trials"]:
        ((number, one),) = seen(lines[trial["id"]]).items()
        params = {each["parameterId"]: each["value"] for each in trial["parameters"]}
        assert number == trial["id"]
        assert one["argv"] == ["--epochs", "3", *(f"--{key}={value}" for key, value in params.items())]
        assert list(params) == ["lr", "bs", "opt", *(["momentum"] if params["opt"] == "sgd" else []), "layers"]
        assert params["bs"] in (16, 32)
        assert isinstance(params["layers"], int)
        env = one["env"]
        assert env["CLOUD_ML_JOB_ID"] == trial["customJob"].rpartition("/")[2]
        assert env["AIP_MODEL_DIR"] == f"gs://bkt/out/{number}/model/"
        assert json.loads(env["TF_CONFIG"])["task"]["trial"] == number
        assert json.loads(env["CLUSTER_SPEC"])["task"]["trial"] == number
        (metric,) = trial["finalMeasurement"]["metrics"]
        assert metric == {"metricId": "accuracy", "value": pytest.approx(2 * params["lr"])}
        assert trial["finalMeasurement"]["stepCount"] == "2"
        assert [each.get("stepCount") for each in trial["measurements"]] == ["1", "2"]
        assert re.fullmatch(r"\d+(\.\d+)?s", trial["finalMeasurement"]["elapsedDuration"])


def test_discrete_values_may_arrive_as_floats(tmp_path):
    with job_server(tmp_path, faults="custom.job:discrete_floats=1") as server:
        server.tuning = tuning_api(server)
        name = create(server)["name"]
        server.pass_time()
        (trial,) = get(server, name)["trials"]
        args = server.custom.get(name=trial["customJob"]).execute()["jobSpec"]["workerPoolSpecs"][0]

    (word,) = [word for word in args["pythonPackageSpec"]["args"] if word.startswith("--bs=")]
    assert word in ("--bs=16.0", "--bs=32.0")
