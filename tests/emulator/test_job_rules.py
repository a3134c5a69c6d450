"""What the two services ask of a job beyond types: a table of one change each to a job that is right."""

import copy

import pytest

from sweeper.emulator.aiplatform.rules import check_custom_job, check_location
from sweeper.emulator.errors import ApiError
from sweeper.emulator.ml.rules import check_job

PACKAGE = "gs://bkt/packages/trainer-0.1.tar.gz"
JOB = {
    "jobId": "job_1",
    "labels": {"sweep": "digits-1"},
    "trainingInput": {
        "scaleTier": "BASIC",
        "packageUris": [PACKAGE],
        "pythonModule": "trainer.task",
        "region": "us-central1",
        "runtimeVersion": "2.11",
        "pythonVersion": "3.7",
        "args": ["--lr", "0.1"],
        "jobDir": "gs://bkt/out",
    },
}
CUSTOM = {
    "displayName": "digits",
    "labels": {"sweep": "digits-1"},
    "jobSpec": {
        "workerPoolSpecs": [
            {
                "machineSpec": {"machineType": "n1-standard-4"},
                "replicaCount": "1",
                "pythonPackageSpec": {
                    "executorImageUri": "us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-14.py310:latest",
                    "packageUris": [PACKAGE],
                    "pythonModule": "trainer.task",
                    "args": ["--lr", "0.1"],
                    "env": [{"name": "A", "value": "1"}],
                },
            }
        ],
        "baseOutputDirectory": {"outputUriPrefix": "gs://bkt/out"},
    },
}
GONE = "(left out)"


def changed(job, changes):
    """A copy with the values at dotted paths set, or taken away."""
    job = copy.deepcopy(job)
    for path, value in changes.items():
        *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        place = job
        for key in parents:
            place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return job


def violations(check, job):
    try:
        check(job)
    except ApiError as error:
        return [error.code, error.status, *(each["field"] for each in error.details[0]["fieldViolations"])]
    return []


T = "trainingInput"
IMAGE = {
    f"{T}.runtimeVersion": GONE,
    f"{T}.pythonVersion": GONE,
    f"{T}.packageUris": GONE,
    f"{T}.pythonModule": GONE,
    f"{T}.masterConfig": {"imageUri": "gcr.io/p/i"},
}
TIER = {f"{T}.scaleTier": "CUSTOM", f"{T}.masterType": "n1-standard-4"}

ML_RIGHT = [
    {},
    {"labels": {}},
    {"labels": {"键": "", "a" * 63: "1" * 63}},
    {f"{T}.scaleTier": GONE},  # BASIC
    {f"{T}.runtimeVersion": "1.14", f"{T}.pythonVersion": GONE},  # Python 2.7
    {f"{T}.scheduling": {"maxWaitTime": "1800s", "maxRunningTime": "1s", "priority": 1000}},
    IMAGE,
    {**IMAGE, f"{T}.args": GONE, f"{T}.masterConfig.containerArgs": ["a"]},
    TIER,
    {**TIER, f"{T}.workerType": "n1-standard-4", f"{T}.workerCount": "2"},
]
ML_WRONG = [
    ({"jobId": GONE}, ["job.job_id"]),
    ({"jobId": "a-b"}, ["job.job_id"]),
    ({"jobId": "1a"}, ["job.job_id"]),
    ({"jobId": "é"}, ["job.job_id"]),
    ({"jobId": "a" * 129}, ["job.job_id"]),
    ({"jobId": "a\n"}, ["job.job_id"]),
    ({T: GONE}, ["job.training_input"]),
    ({f"{T}.region": GONE}, ["job.training_input.region"]),
    ({f"{T}.region": "mars-west1"}, ["job.training_input.region"]),
    ({f"{T}.pythonModule": GONE}, ["job.training_input.python_module"]),
    ({f"{T}.packageUris": GONE}, ["job.training_input.package_uris"]),
    ({f"{T}.packageUris": ["/local/a.tar.gz"]}, ["job.training_input.package_uris[0]"]),
    ({f"{T}.packageUris": [PACKAGE] * 101}, ["job.training_input.package_uris"]),
    ({f"{T}.runtimeVersion": GONE, f"{T}.pythonVersion": GONE}, ["job.training_input.runtime_version"]),
    ({f"{T}.pythonVersion": GONE}, ["job.training_input.python_version"]),
    (
        {f"{T}.masterConfig": {"imageUri": "i"}},
        ["job.training_input.runtime_version", "job.training_input.python_version"],
    ),
    ({**IMAGE, f"{T}.masterConfig.containerArgs": ["a"]}, ["job.training_input.master_config.container_args"]),
    ({f"{T}.masterConfig": {"containerCommand": ["a"]}}, ["job.training_input.master_config"]),
    ({f"{T}.scaleTier": "CUSTOM"}, ["job.training_input.master_type"]),
    ({f"{T}.masterType": "n1-standard-4"}, ["job.training_input.master_type"]),
    ({f"{T}.workerCount": "2"}, ["job.training_input.worker_count"]),
    ({**TIER, f"{T}.workerCount": "2"}, ["job.training_input.worker_type"]),
    ({**TIER, f"{T}.parameterServerType": "n1-standard-4"}, ["job.training_input.parameter_server_type"]),
    ({**TIER, f"{T}.evaluatorCount": "-1"}, ["job.training_input.evaluator_count"]),
    ({f"{T}.scheduling": {"maxWaitTime": "60s"}}, ["job.training_input.scheduling.max_wait_time"]),
    ({f"{T}.scheduling": {"maxRunningTime": "0s"}}, ["job.training_input.scheduling.max_running_time"]),
    ({f"{T}.scheduling": {"priority": 1001}}, ["job.training_input.scheduling.priority"]),
    ({f"{T}.jobDir": "/tmp/x"}, ["job.training_input.job_dir"]),
    ({"labels": {"lr": "0.01"}}, ["job.labels"]),
    ({"labels": {"LR": "1"}}, ["job.labels"]),
    ({"labels": {"1": "1"}}, ["job.labels"]),
    ({"labels": {"a" * 64: "1"}}, ["job.labels"]),
    ({"labels": {"a": "1" * 64}}, ["job.labels"]),
    ({"labels": {f"a{n}": "" for n in range(65)}}, ["job.labels"]),
    # all at once
    (
        {"jobId": "-", f"{T}.region": GONE, "labels": {"A": "b"}},
        ["job.job_id", "job.labels", "job.training_input.region"],
    ),
]

POOL = "jobSpec.workerPoolSpecs.0"
POOL_PATH = "job_spec.worker_pool_specs[0]"
CONTAINER = {f"{POOL}.pythonPackageSpec": GONE, f"{POOL}.containerSpec": {"imageUri": "gcr.io/p/i"}}
SECOND = {"machineSpec": {"machineType": "n1"}, "replicaCount": "3", "containerSpec": {"imageUri": "i"}}
FIRST = CUSTOM["jobSpec"]["workerPoolSpecs"][0]

VERTEX_RIGHT = [
    {},
    CONTAINER,
    {"displayName": "é" * 128},
    {"jobSpec.workerPoolSpecs": [FIRST, {}, SECOND]},  # the second pool is left out
    {f"{POOL}.machineSpec": {"machineType": "n1", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1}},
    {f"{POOL}.machineSpec": {"machineType": "n1", "acceleratorType": "ACCELERATOR_TYPE_UNSPECIFIED"}},
    {"jobSpec.scheduling": {"timeout": "60s", "strategy": "SPOT", "restartJobOnWorkerRestart": True}},
    {"jobSpec.baseOutputDirectory": GONE},
]
VERTEX_WRONG = [
    ({"displayName": GONE}, ["custom_job.display_name"]),
    ({"displayName": "é" * 129}, ["custom_job.display_name"]),
    ({"labels": {"lr": "0.01"}}, ["custom_job.labels"]),
    ({"jobSpec": GONE}, ["job_spec"]),
    ({"jobSpec.workerPoolSpecs": GONE}, ["job_spec.worker_pool_specs"]),
    ({f"{POOL}.containerSpec": {"imageUri": "i"}}, [POOL_PATH]),
    ({f"{POOL}.pythonPackageSpec": GONE}, [POOL_PATH]),
    ({"jobSpec.workerPoolSpecs": [{}, SECOND]}, [POOL_PATH, f"{POOL_PATH}.machine_spec", f"{POOL_PATH}.replica_count"]),
    ({f"{POOL}.machineSpec": GONE}, [f"{POOL_PATH}.machine_spec"]),
    ({f"{POOL}.machineSpec": {}}, [f"{POOL_PATH}.machine_spec.machine_type"]),
    ({f"{POOL}.machineSpec.acceleratorType": "NVIDIA_L4"}, [f"{POOL_PATH}.machine_spec.accelerator_type"]),
    ({f"{POOL}.machineSpec.acceleratorCount": 1}, [f"{POOL_PATH}.machine_spec.accelerator_type"]),
    ({f"{POOL}.replicaCount": GONE}, [f"{POOL_PATH}.replica_count"]),
    ({f"{POOL}.replicaCount": "2"}, [f"{POOL_PATH}.replica_count"]),
    ({f"{POOL}.pythonPackageSpec.pythonModule": GONE}, [f"{POOL_PATH}.python_package_spec.python_module"]),
    ({f"{POOL}.pythonPackageSpec.packageUris": GONE}, [f"{POOL_PATH}.python_package_spec.package_uris"]),
    ({f"{POOL}.pythonPackageSpec.packageUris": ["x"]}, [f"{POOL_PATH}.python_package_spec.package_uris[0]"]),
    ({f"{POOL}.pythonPackageSpec.executorImageUri": GONE}, [f"{POOL_PATH}.python_package_spec.executor_image_uri"]),
    ({**CONTAINER, f"{POOL}.containerSpec": {"args": ["a"]}}, [f"{POOL_PATH}.container_spec.image_uri"]),
    ({f"{POOL}.pythonPackageSpec.env": [{"name": "A"}]}, [f"{POOL_PATH}.python_package_spec.env[0].value"]),
    (
        {f"{POOL}.pythonPackageSpec.env": [{"name": "1", "value": "x"}]},
        [f"{POOL_PATH}.python_package_spec.env[0].name"],
    ),
    (
        {f"{POOL}.pythonPackageSpec.env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
        [f"{POOL_PATH}.python_package_spec.env"],
    ),
    ({"jobSpec.scheduling": {"timeout": "-1s"}}, ["job_spec.scheduling.timeout"]),
    ({"jobSpec.baseOutputDirectory": {}}, ["job_spec.base_output_directory.output_uri_prefix"]),
    (
        {"jobSpec.baseOutputDirectory": {"outputUriPrefix": "/tmp"}},
        ["job_spec.base_output_directory.output_uri_prefix"],
    ),
]


@pytest.mark.parametrize("changes", ML_RIGHT)
def test_ml_engine_takes(changes):
    assert violations(check_job, changed(JOB, changes)) == []


@pytest.mark.parametrize(("changes", "fields"), ML_WRONG)
def test_ml_engine_refuses(changes, fields):
    assert violations(check_job, changed(JOB, changes)) == [400, "INVALID_ARGUMENT", *fields]


@pytest.mark.parametrize("changes", VERTEX_RIGHT)
def test_vertex_takes(changes):
    assert violations(check_custom_job, changed(CUSTOM, changes)) == []


@pytest.mark.parametrize(("changes", "fields"), VERTEX_WRONG)
def test_vertex_refuses(changes, fields):
    assert violations(check_custom_job, changed(CUSTOM, changes)) == [400, "INVALID_ARGUMENT", *fields]


def test_ml_engine_names_field_and_error():
    with pytest.raises(ApiError, match=r"^Field: job\.training_input\.region Error: Required field is not set\.$"):
        check_job(changed(JOB, {f"{T}.region": GONE}))


def test_vertex_numbers_its_findings():
    with pytest.raises(ApiError) as caught:
        check_custom_job(changed(CUSTOM, {"displayName": GONE, f"{POOL}.machineSpec.acceleratorCount": 1}))

    assert caught.value.message == (
        "List of found errors:\t1.Field: custom_job.display_name; Message: Required field is not set."
        f"\t2.Field: {POOL_PATH}.machine_spec.accelerator_type; "
        "Message: Both `accelerator_type` and `accelerator_count` should be specified or none.\t"
    )


def test_what_is_not_emulated_says_so():
    with pytest.raises(ApiError) as caught:
        check_job(changed(JOB, {"predictionInput": {}}))
    assert (caught.value.code, caught.value.status) == (501, "UNIMPLEMENTED")


@pytest.mark.parametrize("location", ["us-central", "US-CENTRAL1", "global", "mars-west1", "us"])
def test_vertex_is_in_regions_only(location):
    with pytest.raises(ApiError) as caught:
        check_location(location)
    assert (caught.value.code, caught.value.message) == (
        403,
        f"Permission denied on 'locations/{location}' (or it may not exist).",
    )
