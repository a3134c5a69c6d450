"""The job services over HTTP, asked by google-api-python-client."""

import json
import re

import pytest
from googleapiclient.errors import HttpError
from job_server import HOUR, job_server

PACKAGE = "gs://bkt/packages/trainer-0.1.tar.gz"
PROJECT, PLACE = "projects/proj1", "projects/proj1/locations/us-central1"
TRAINING = {
    "scaleTier": "BASIC",
    "packageUris": [PACKAGE],
    "pythonModule": "trainer.task",
    "region": "us-central1",
    "runtimeVersion": "2.11",
    "pythonVersion": "3.7",
    "args": ["--lr", "0.1"],
}


def ml_job(job_id="job_1", labels=None, **training):
    return {"jobId": job_id, "labels": labels or {}, "trainingInput": {**TRAINING, **training}}


def custom_job(name="digits", labels=None, args=("--lr", "0.1"), **spec):
    package = {
        "executorImageUri": "us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-14.py310:latest",
        "packageUris": [PACKAGE],
        "pythonModule": "trainer.task",
        "args": list(args),
    }
    pool = {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": 1, "pythonPackageSpec": package}
    return {"displayName": name, "labels": labels or {}, "jobSpec": {"workerPoolSpecs": [pool], **spec}}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with job_server(tmp_path_factory.mktemp("emulator"), slots=1000) as running:
        yield running


@pytest.fixture
def fresh(tmp_path):
    with job_server(tmp_path) as running:
        yield running


def create_ml(server, *args, project=PROJECT, **fields):
    return server.ml.create(parent=project, body=ml_job(*args, **fields)).execute()


def create_custom(server, *args, place=PLACE, **fields):
    return server.custom.create(parent=place, body=custom_job(*args, **fields)).execute()


def refused(request) -> tuple[int, str, str, list]:
    with pytest.raises(HttpError) as caught:
        request.execute()
    error = json.loads(caught.value.content)["error"]
    assert error["code"] == caught.value.status_code
    return error["code"], error["status"], error["message"], error.get("details", [])


def test_an_ml_job_lives_from_queue_to_end(fresh):
    fresh.send("POST", "/storage/v1/b?project=proj1", {"name": "bkt"})
    made = create_ml(fresh, labels={"sweep": "s1"}, jobDir="gs://bkt/out")
    assert made["jobId"] == "job_1"
    assert made["state"] == "QUEUED"
    assert made["trainingInput"]["args"] == ["--lr", "0.1"]
    assert made["labels"] == {"sweep": "s1"}
    assert re.fullmatch(r"20..-..-..T..:..:..Z", made["createTime"])
    assert not {"startTime", "endTime", "errorMessage"} & made.keys()

    fresh.pass_time()
    running = fresh.ml.get(name=f"{PROJECT}/jobs/job_1").execute()
    assert (running["state"], "startTime" in running, "endTime" in running) == ("RUNNING", True, False)

    fresh.pass_time(HOUR)
    done = fresh.ml.get(name=f"{PROJECT}/jobs/job_1").execute()
    assert (done["state"], done["startTime"]) == ("SUCCEEDED", running["startTime"])
    assert done["trainingOutput"] == {"consumedMLUnits": 1.0}
    assert "endTime" in done
    assert done["etag"] != made["etag"]


def test_a_custom_job_lives_from_pending_to_end(fresh):
    made = create_custom(fresh, labels={"sweep": "s1"})
    assert re.fullmatch(r"projects/\d{12}/locations/us-central1/customJobs/\d{19}", made["name"])
    assert (made["state"], made["displayName"], made["labels"]) == ("JOB_STATE_PENDING", "digits", {"sweep": "s1"})
    pool = made["jobSpec"]["workerPoolSpecs"][0]
    assert pool["replicaCount"] == "1"
    assert pool["diskSpec"] == {"bootDiskType": "pd-ssd", "bootDiskSizeGb": 100}
    assert not {"startTime", "endTime", "error"} & made.keys()

    fresh.pass_time()
    assert fresh.custom.get(name=made["name"]).execute()["state"] == "JOB_STATE_RUNNING"
    fresh.pass_time(HOUR)
    done = fresh.custom.get(name=made["name"]).execute()
    assert done["state"] == "JOB_STATE_SUCCEEDED"
    assert made["createTime"] <= done["startTime"] < done["endTime"] <= done["updateTime"]


def test_a_job_that_is_taken_is_a_conflict_in_the_services_own_words(server):
    create_ml(server, "taken")

    assert refused(server.ml.create(parent=PROJECT, body=ml_job("taken"))) == (
        409,
        "ALREADY_EXISTS",
        "Field: job.job_id Error: A job with this id already exists.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "job.job_id", "description": "A job with this id already exists."}],
            }
        ],
    )
    create_ml(server, "taken", project="projects/another")


def test_two_custom_jobs_may_have_one_name(server):
    assert create_custom(server, "same")["name"] != create_custom(server, "same")["name"]


def test_an_id_stays_taken_after_the_end(fresh):
    create_ml(fresh, "burnt")
    fresh.pass_time(2 * HOUR)

    assert refused(fresh.ml.create(parent=PROJECT, body=ml_job("burnt")))[0] == 409


def test_what_is_wrong_with_a_body_comes_in_the_envelope(server):
    code, status, message, details = refused(server.ml.create(parent=PROJECT, body=ml_job(job_spec={})))

    assert (code, status) == (400, "INVALID_ARGUMENT")
    assert message == (
        "Invalid JSON payload received. Unknown name \"job_spec\" at 'job.training_input': Cannot find field."
    )
    assert details[0]["fieldViolations"][0]["field"] == "job.training_input"


def test_a_query_that_a_method_does_not_know_is_refused(server):
    status, body = server.send("POST", f"/v1/{PROJECT}/jobs?requestId=1", ml_job("query"))

    assert status == 400
    assert body["error"]["message"].startswith('Invalid JSON payload received. Unknown name "requestId": Cannot bind')
    assert server.send("GET", f"/v1/{PROJECT}/jobs?%24.xgafv=2&alt=json&prettyPrint=true&page_size=1")[0] == 200


@pytest.mark.parametrize("act", ["get", "cancel"])
def test_an_unknown_job_is_not_found(server, act):
    ml = refused(getattr(server.ml, act)(name=f"{PROJECT}/jobs/nothing"))
    custom = refused(getattr(server.custom, act)(name=f"{PLACE}/customJobs/1234567890123456789"))

    assert ml[:3] == (404, "NOT_FOUND", "Field: name Error: The specified job could not be found.")
    assert custom[:2] == (404, "NOT_FOUND")
    assert "customJobs/1234567890123456789" in custom[2]


def test_a_wrong_region_is_told(server):
    code, _, message, _ = refused(server.custom.list(parent="projects/proj1/locations/us-centrall1"))

    assert (code, message) == (403, "Permission denied on 'locations/us-centrall1' (or it may not exist).")


def test_a_project_goes_by_its_id_and_by_its_number(server):
    made = create_custom(server, "by number")
    number = made["name"].split("/")[1]
    create_ml(server, "by_number", project=f"projects/{number}")

    by_id = made["name"].replace(f"projects/{number}", PROJECT)
    assert server.custom.get(name=by_id).execute() == server.custom.get(name=made["name"]).execute()
    assert server.ml.get(name=f"{PROJECT}/jobs/by_number").execute()["jobId"] == "by_number"


def test_cancelling_ends_a_job_once(fresh):
    create_ml(fresh, "stop")
    name = create_custom(fresh)["name"]
    fresh.pass_time()

    assert fresh.ml.cancel(name=f"{PROJECT}/jobs/stop", body={}).execute() == {}
    assert fresh.custom.cancel(name=name, body={}).execute() == {}
    fresh.pass_time()

    job, custom = fresh.ml.get(name=f"{PROJECT}/jobs/stop").execute(), fresh.custom.get(name=name).execute()
    assert (job["state"], "errorMessage" in job, "endTime" in job) == ("CANCELLED", False, True)
    assert (custom["state"], custom["error"]["code"], "endTime" in custom) == ("JOB_STATE_CANCELLED", 1, True)
    assert refused(fresh.ml.cancel(name=f"{PROJECT}/jobs/stop"))[:2] == (400, "FAILED_PRECONDITION")
    assert refused(fresh.custom.cancel(name=name))[:2] == (400, "FAILED_PRECONDITION")

    fresh.faults("cancel_ended")  # the real answer is not known for certain
    assert fresh.ml.cancel(name=f"{PROJECT}/jobs/stop", body={}).execute() == {}
    assert fresh.custom.cancel(name=name, body={}).execute() == {}
    assert fresh.custom.get(name=name).execute() == custom


def test_lists_are_newest_first_and_come_in_pages(fresh):
    assert fresh.ml.list(parent=PROJECT).execute() == {}
    assert fresh.custom.list(parent=PLACE).execute() == {}
    for n in range(25):
        create_ml(fresh, f"job_{n:02d}")
        create_custom(fresh, f"job_{n:02d}")

    first = fresh.ml.list(parent=PROJECT).execute()
    create_ml(fresh, "later")  # what is new does not shift the pages
    second = fresh.ml.list(parent=PROJECT, pageToken=first["nextPageToken"]).execute()
    assert [job["jobId"] for job in first["jobs"]] == [f"job_{n:02d}" for n in range(24, 4, -1)]
    assert [job["jobId"] for job in second["jobs"]] == [f"job_{n:02d}" for n in range(4, -1, -1)]
    assert "nextPageToken" not in second

    names, request = [], fresh.custom.list(parent=PLACE, pageSize=10)
    while request is not None:
        page = request.execute()
        names += [job["displayName"] for job in page["customJobs"]]
        request = fresh.custom.list_next(request, page)
    assert names == [f"job_{n:02d}" for n in range(24, -1, -1)]
    wrong = fresh.ml.list(parent=PROJECT, pageToken=first["nextPageToken"], filter="jobId:x*")
    assert refused(wrong)[:2] == (400, "INVALID_ARGUMENT")


def test_lists_can_be_filtered(server):
    create_ml(server, "find_1", labels={"sweep": "f"})
    create_custom(server, "find_1", labels={"sweep": "f"})
    create_custom(server, "find_1", labels={"sweep": "f"}, place="projects/proj1/locations/europe-west4")

    found = server.ml.list(parent=PROJECT, filter="jobId:find*").execute()["jobs"]
    assert [job["jobId"] for job in found] == ["find_1"]
    mask = "display_name,jobSpec.workerPoolSpecs"
    found = server.custom.list(parent=PLACE, filter='labels.sweep="f" AND display_name:"fi*"', readMask=mask).execute()
    assert [job["displayName"] for job in found["customJobs"]] == ["find_1"]
    assert [(sorted(job), list(job["jobSpec"])) for job in found["customJobs"]] == [
        (["displayName", "jobSpec"], ["workerPoolSpecs"])
    ]
    assert server.custom.list(parent=PLACE, filter="labels.sweep=nobody").execute() == {}
    assert refused(server.ml.list(parent=PROJECT, filter="labels.sweep=f"))[:2] == (400, "INVALID_ARGUMENT")


def test_a_client_may_ask_for_some_fields_only(server):
    create_ml(server, "partly")
    name = create_custom(server, "partly")["name"]

    page = server.ml.list(parent=PROJECT, filter="jobId:partly", fields="jobs(jobId,state),nextPageToken").execute()
    assert [sorted(job) for job in page["jobs"]] == [["jobId", "state"]]
    assert server.custom.get(name=name, fields="displayName,jobSpec/workerPoolSpecs/replicaCount").execute() == {
        "displayName": "partly",
        "jobSpec": {"workerPoolSpecs": [{"replicaCount": "1"}]},
    }


def test_a_list_may_lag_behind_create_but_get_does_not(fresh):
    fresh.faults("ml.list:lag=30s;custom.list:lag=10s")
    create_ml(fresh, "young")
    name = create_custom(fresh, "young")["name"]

    assert fresh.ml.list(parent=PROJECT).execute() == fresh.custom.list(parent=PLACE).execute() == {}
    assert fresh.custom.get(name=name).execute()["name"] == name
    fresh.pass_time(10)
    assert fresh.ml.list(parent=PROJECT).execute() == {}
    assert len(fresh.custom.list(parent=PLACE).execute()["customJobs"]) == 1
    fresh.pass_time(20)
    assert len(fresh.ml.list(parent=PROJECT).execute()["jobs"]) == 1


def test_labels_can_be_patched_by_whoever_saw_the_last_change(server):
    create_ml(server, "patched", labels={"a": "1"})
    server.pass_time()
    name = f"{PROJECT}/jobs/patched"
    made = server.ml.get(name=name).execute()

    def patch(mask, **body):
        return server.ml.patch(name=name, updateMask=mask, body=body)

    after = patch("labels,etag", labels={"b": "2"}, etag=made["etag"]).execute()
    assert after["labels"] == {"b": "2"}
    assert refused(patch("labels,etag", labels={"c": "3"}, etag=made["etag"]))[:2] == (409, "ABORTED")
    assert patch("labels", labels={"c": "3"}).execute()["labels"] == {"c": "3"}
    assert "labels" not in patch("labels").execute()
    assert refused(patch("labels", labels={"C": "3"}))[0] == 400
    assert refused(patch("trainingInput", labels={}))[0] == 400
    assert refused(patch("", labels={}))[0] == 400


def test_a_custom_job_can_be_deleted_when_it_has_ended(fresh):
    name = create_custom(fresh, labels={"sweep": "x"})["name"]
    assert refused(fresh.custom.delete(name=name))[:2] == (400, "FAILED_PRECONDITION")
    fresh.pass_time(2 * HOUR)

    operation = fresh.custom.delete(name=name).execute()

    assert operation["done"] is True
    assert re.fullmatch(r"projects/\d+/locations/us-central1/operations/\d+", operation["name"])
    assert refused(fresh.custom.get(name=name))[0] == 404
    assert fresh.custom.list(parent=PLACE, filter="labels.sweep:*").execute() == {}


def test_the_sdks_get_enums_as_numbers(server):
    path = f"/v1/{PLACE}/customJobs"
    _, made = server.send("POST", f"{path}?%24alt=json%3Benum-encoding%3Dint", custom_job("numbers"))

    assert made["state"] == 2
    _, page = server.send("GET", f"{path}?%24alt=json%3Benum-encoding%3Dint&filter=display_name%3Dnumbers")
    assert page["customJobs"][0]["state"] in (2, 3)


def test_the_beta_version_is_the_same_api(server):
    status, made = server.send("POST", f"/v1beta1/{PLACE}/customJobs", custom_job("beta"))
    assert (status, server.custom.get(name=made["name"]).execute()["displayName"]) == (200, "beta")


def test_a_running_time_that_is_too_long(fresh):
    create_ml(fresh, "slow", scheduling={"maxRunningTime": "60s"})
    name = create_custom(fresh, scheduling={"timeout": "60s"})["name"]
    fresh.pass_time(120)

    job, custom = fresh.ml.get(name=f"{PROJECT}/jobs/slow").execute(), fresh.custom.get(name=name).execute()
    assert (job["state"], job["errorMessage"]) == ("CANCELLED", "The job exceeded its maximum running time of 60s.")
    assert (custom["state"], custom["error"]["code"]) == ("JOB_STATE_FAILED", 4)


def test_a_wait_that_is_too_long(tmp_path):
    with job_server(tmp_path, slots=1) as server:
        create_ml(server, "first")
        create_ml(server, "second", scheduling={"maxWaitTime": "1800s"})
        name = create_custom(server, scheduling={"strategy": "FLEX_START", "maxWaitDuration": "1800s"})["name"]
        server.pass_time(1900)

        job, custom = server.ml.get(name=f"{PROJECT}/jobs/second").execute(), server.custom.get(name=name).execute()
        assert (job["state"], job["errorMessage"]) == ("CANCELLED", "The job exceeded its maximum wait time of 1800s.")
        assert "startTime" not in job
        assert (custom["state"], custom["error"]["code"]) == ("JOB_STATE_FAILED", 4)
        server.pass_time(HOUR)
        assert server.ml.get(name=f"{PROJECT}/jobs/second").execute()["state"] == "CANCELLED"


def test_faults_of_jobs_are_told_as_the_services_tell_them(fresh):
    fresh.faults("*.job:quota_fail=1")
    create_ml(fresh, "poor")
    poor = create_custom(fresh)["name"]
    fresh.pass_time()
    fresh.faults("*.job:preempt=1")
    spot = create_custom(fresh, scheduling={"strategy": "SPOT"})["name"]
    fresh.pass_time()
    fresh.faults("*.job:hang=1")
    hung = create_custom(fresh)["name"]
    fresh.pass_time(2 * HOUR)

    assert "quota" in fresh.ml.get(name=f"{PROJECT}/jobs/poor").execute()["errorMessage"]
    assert fresh.custom.get(name=poor).execute()["error"]["code"] == 8
    lost = fresh.custom.get(name=spot).execute()
    assert (lost["state"], lost["error"]["code"]) == ("JOB_STATE_FAILED", 14)
    assert "preempted" in lost["error"]["message"]
    assert fresh.custom.get(name=hung).execute()["state"] == "JOB_STATE_RUNNING"


def test_a_job_that_begins_again_on_another_machine_has_one_start(fresh):
    fresh.faults("*.job:preempt=1")
    create_ml(fresh, "moved")
    name = create_custom(fresh, scheduling={"restartJobOnWorkerRestart": True})["name"]
    fresh.pass_time()
    begun = fresh.custom.get(name=name).execute()["startTime"]
    fresh.faults("")
    fresh.pass_time(HOUR - 1)  # by now both have lost their first machine
    assert fresh.custom.get(name=name).execute()["state"] == "JOB_STATE_RUNNING"
    fresh.pass_time(HOUR)

    done = fresh.custom.get(name=name).execute()
    assert (done["state"], done["startTime"]) == ("JOB_STATE_SUCCEEDED", begun)
    assert fresh.ml.get(name=f"{PROJECT}/jobs/moved").execute()["state"] == "SUCCEEDED"


def test_jobs_survive_a_restart(tmp_path):
    with job_server(tmp_path, slots=3) as server:
        create_ml(server, "running")
        custom = create_custom(server)["name"]
        create_ml(server, "stopping")
        create_ml(server, "waiting", scheduling={"maxWaitTime": "7200s"})
        server.pass_time(HOUR / 2)
        before = server.ml.get(name=f"{PROJECT}/jobs/running").execute()
        assert before["state"] == "RUNNING"
        server.ml.cancel(name=f"{PROJECT}/jobs/stopping").execute()
    with job_server(tmp_path, slots=3) as server:
        server.pass_time()
        after = server.ml.get(name=f"{PROJECT}/jobs/running").execute()
        assert after == before
        assert server.ml.get(name=f"{PROJECT}/jobs/stopping").execute()["state"] == "CANCELLED"
        assert refused(server.ml.create(parent=PROJECT, body=ml_job("waiting")))[0] == 409
        server.pass_time(HOUR * 2)
        done = {job["jobId"]: job for job in server.ml.list(parent=PROJECT).execute()["jobs"]}
        assert {name: job["state"] for name, job in done.items()} == {
            "running": "SUCCEEDED",
            "stopping": "CANCELLED",
            "waiting": "SUCCEEDED",
        }
        assert done["running"]["startTime"] == before["startTime"]
        assert server.custom.get(name=custom).execute()["state"] == "JOB_STATE_SUCCEEDED"


def test_the_books_say_which_job_a_request_was_about(fresh):
    create_ml(fresh, "mine", labels={"sweep": "s"})
    refused(fresh.ml.create(parent=PROJECT, body=ml_job("mine", labels={"sweep": "t"})))
    name = create_custom(fresh, "digits", labels={"sweep": "s"})["name"]
    fresh.custom.cancel(name=name).execute()

    first, second = fresh.books("ml.create")
    assert (first["status"], first["about"]) == (200, [{"job": f"{PROJECT}/jobs/mine", "labels": {"sweep": "s"}}])
    assert (second["status"], second["about"][0]["labels"]) == (409, {"sweep": "t"})
    assert fresh.books("custom.create")[0]["about"] == [
        {"job": name, "displayName": "digits", "labels": {"sweep": "s"}}
    ]
    assert fresh.books("custom.cancel")[0]["about"] == [{"job": name}]


def test_a_delivery_that_comes_twice_makes_two_custom_jobs_and_one_ml_job(fresh):
    twice = [("X-Emulator-Fault", "duplicate")]
    status, _ = fresh.send("POST", f"/v1/{PROJECT}/jobs", ml_job("twice"), headers=twice)
    fresh.send("POST", f"/v1/{PLACE}/customJobs", custom_job("twice"), headers=twice)

    assert status == 409  # what the second delivery was told
    assert len(fresh.ml.list(parent=PROJECT).execute()["jobs"]) == 1
    assert len(fresh.custom.list(parent=PLACE).execute()["customJobs"]) == 2
