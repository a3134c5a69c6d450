"""A job waits for its machine before it runs, and can be ended while it waits."""

BODY = {
    "displayName": "d",
    "jobSpec": {
        "workerPoolSpecs": [
            {
                "machineSpec": {"machineType": "n1-standard-4"},
                "replicaCount": "1",
                "containerSpec": {"imageUri": "an/image", "command": ["true"]},
            }
        ]
    },
}
PARENT = "projects/p/locations/us-central1"


def create(emulator):
    status, _, job = emulator.call("POST", f"/v1/{PARENT}/customJobs", BODY)
    assert status == 200, job
    return job["name"]


def get(emulator, name):
    return emulator.call("GET", f"/v1/{name}")[2]


def test_a_job_waits_for_its_machine(make_emulator):
    emulator = make_emulator(clock="fake", simulate=1.0, provisioning=5.0)
    name = create(emulator)
    emulator.advance(4.9)
    assert get(emulator, name)["state"] == "JOB_STATE_PENDING"
    emulator.advance(0.2)
    assert get(emulator, name)["state"] == "JOB_STATE_RUNNING"
    emulator.advance(1.0)
    assert get(emulator, name)["state"] == "JOB_STATE_SUCCEEDED"


def test_a_list_that_lags_makes_it_wait_longer(make_emulator):
    emulator = make_emulator(clock="fake", simulate=1.0, provisioning=5.0, faults="lag=10s")
    name = create(emulator)
    emulator.advance(14.9)
    assert [job["name"] for job in emulator.call("GET", f"/v1/{PARENT}/customJobs")[2]["customJobs"]] == [name]
    assert get(emulator, name)["state"] == "JOB_STATE_PENDING"


def test_a_job_that_waits_is_cancelled_without_having_run(make_emulator):
    emulator = make_emulator(clock="fake", simulate=1.0, provisioning=5.0)
    name = create(emulator)
    emulator.call("POST", f"/v1/{name}:cancel", {})
    emulator.advance(0.1)
    job = get(emulator, name)
    assert job["state"] == "JOB_STATE_CANCELLED"
    assert "startTime" not in job
    emulator.advance(60)
    assert get(emulator, name)["state"] == "JOB_STATE_CANCELLED"


def test_a_job_that_waits_is_started_by_the_next_life(make_emulator):
    emulator = make_emulator(clock="fake", simulate=1.0, provisioning=5.0)
    name = create(emulator)
    emulator.restart()
    emulator.advance(10)
    emulator.advance(10)
    assert get(emulator, name)["state"] == "JOB_STATE_SUCCEEDED"
