"""The jobs as they are posted, for every setting of a config."""

import dataclasses

import pytest

from sweeper.backends.cloud.staged import Staged
from sweeper.backends.mlengine.body import body as ml_body
from sweeper.backends.protocol import Refused
from sweeper.backends.vertex.body import body as vertex_body
from sweeper.backends.vertex.body import default_image
from sweeper.model import CloudSettings, Job, Trainer

STAGED = Staged("gs://b/p/digits/digits-1a2b3c", "gs://b/p/packages/d/trainer.tar.gz", "ab" * 32)
FOLDER = "gs://b/p/digits/digits-1a2b3c/trials/t"
IMAGE = "us-docker.pkg.dev/p/r/trainer:1"


def job(*, image=None, timeout=None, env=None, **more):
    trainer = Trainer("trainer.task", image=image, env=env or {})
    return Job("digits-1a2b3c", "t", 1, ("--x=1", "", "a b"), trainer, timeout=timeout, **more)


def ml(settings=None, **more):
    return ml_body(job(**more), settings or CloudSettings(), STAGED, region="us-central1")["trainingInput"]


def vertex(settings=None, region="us-central1", **more):
    return vertex_body(job(**more), settings or CloudSettings(), STAGED, region=region)["jobSpec"]


def test_the_plainest_job_of_ml_engine():
    assert ml_body(job(), CloudSettings(), STAGED, region="us-central1") == {
        "jobId": "digits_1a2b3c_" + ml_body(job(), CloudSettings(), STAGED, region="r")["jobId"][14:],
        "labels": {
            "sweeper-sweep": "digits-1a2b3c",
            "sweeper-trial": "t",
            "sweeper-attempt": "1",
            "sweeper-package": "ab" * 8,
        },
        "trainingInput": {
            "scaleTier": "BASIC",
            "region": "us-central1",
            "packageUris": [STAGED.package],
            "pythonModule": "trainer.task",
            "runtimeVersion": "2.11",
            "pythonVersion": "3.7",
            "jobDir": FOLDER,
            "args": ["--x=1", "", "a b"],
        },
    }


ML_SETTINGS = [
    # (settings, what they become)
    (CloudSettings(machine="n1-highmem-8"), {"scaleTier": "CUSTOM", "masterType": "n1-highmem-8"}),
    (CloudSettings(extra={"scale_tier": "BASIC_GPU"}), {"scaleTier": "BASIC_GPU"}),
    (
        CloudSettings(accelerator="NVIDIA_TESLA_T4", accelerators=2),
        {
            "scaleTier": "CUSTOM",
            "masterType": "n1-standard-4",
            "masterConfig": {"acceleratorConfig": {"count": "2", "type": "NVIDIA_TESLA_T4"}},
        },
    ),
    (
        CloudSettings(
            machine="m",
            extra={
                "worker_type": "w",
                "worker_count": 3,
                "parameter_server_type": "p",
                "parameter_server_count": 1,
            },
        ),
        {"workerType": "w", "workerCount": "3", "parameterServerType": "p", "parameterServerCount": "1"},
    ),
    (CloudSettings(runtime="2.9"), {"runtimeVersion": "2.9"}),
    (CloudSettings(extra={"python_version": "3.8"}), {"pythonVersion": "3.8"}),
    (CloudSettings(service_account="a@p.iam"), {"serviceAccount": "a@p.iam"}),
    (CloudSettings(network="projects/1/global/networks/n"), {"network": "projects/1/global/networks/n"}),
    (
        CloudSettings(extra={"max_wait": 1800.0, "priority": 0}),
        {"scheduling": {"maxWaitTime": "1800s", "priority": 0}},
    ),
]


@pytest.mark.parametrize(("settings", "expected"), ML_SETTINGS)
def test_settings_of_ml_engine(settings, expected):
    assert ml(settings).items() >= expected.items()


def test_a_time_limit_of_ml_engine():
    assert ml(timeout=7200.0)["scheduling"] == {"maxRunningTime": "7200s"}
    assert ml(timeout=0.25)["scheduling"] == {"maxRunningTime": "0.25s"}


def test_a_container_on_ml_engine_has_no_package_and_no_runtime():
    settings = CloudSettings(machine="m", extra={"worker_type": "w", "worker_count": 1})
    found = ml(settings, image=IMAGE, env={"A": "b"})
    assert found["masterConfig"] == found["workerConfig"] == {"imageUri": IMAGE}
    assert found["args"] == ["--x=1", "", "a b"]
    assert not found.keys() & {"packageUris", "pythonModule", "runtimeVersion", "pythonVersion"}


def test_ml_engine_refuses_variables_that_it_cannot_set():
    with pytest.raises(Refused, match="variables for a package: A, B"):
        ml(env={"B": "1", "A": "secret", "PYTHONPATH": "/here"})
    assert ml(env={"PYTHONPATH": "/here"})


def test_the_plainest_job_of_vertex():
    assert vertex_body(job(), CloudSettings(), STAGED, region="us-central1") == {
        "displayName": "digits-1a2b3c t 1",
        "labels": {
            "sweeper-sweep": "digits-1a2b3c",
            "sweeper-trial": "t",
            "sweeper-attempt": "1",
            "sweeper-package": "ab" * 8,
        },
        "jobSpec": {
            "workerPoolSpecs": [
                {
                    "machineSpec": {"machineType": "n1-standard-4"},
                    "replicaCount": "1",
                    "pythonPackageSpec": {
                        "executorImageUri": default_image("us-central1"),
                        "packageUris": [STAGED.package],
                        "pythonModule": "trainer.task",
                        "args": ["--x=1", "", "a b"],
                        "env": [
                            {"name": "SWEEPER_TRIAL", "value": "t"},
                            {"name": "SWEEPER_JOB_DIR", "value": FOLDER},
                        ],
                    },
                }
            ],
            "baseOutputDirectory": {"outputUriPrefix": FOLDER},
        },
    }


VERTEX_SETTINGS = [
    # (settings, what they become in the job's spec)
    (CloudSettings(spot=True), {"scheduling": {"strategy": "SPOT"}}),
    (
        CloudSettings(extra={"max_wait": 3600}),
        {"scheduling": {"strategy": "FLEX_START", "maxWaitDuration": "3600s"}},
    ),
    (
        CloudSettings(extra={"restart_on_worker_restart": True}),
        {"scheduling": {"restartJobOnWorkerRestart": True}},
    ),
    (CloudSettings(extra={"persistent_resource": "r"}), {"persistentResourceId": "r"}),
    (CloudSettings(extra={"web_access": True}), {"enableWebAccess": True}),
    (CloudSettings(service_account="a@p.iam", network="n"), {"serviceAccount": "a@p.iam", "network": "n"}),
]


@pytest.mark.parametrize(("settings", "expected"), VERTEX_SETTINGS)
def test_settings_of_vertex(settings, expected):
    assert vertex(settings).items() >= expected.items()


def test_a_machine_of_vertex_with_an_accelerator_and_a_disk():
    settings = CloudSettings(
        machine="a2-highgpu-1g",
        accelerator="NVIDIA_TESLA_A100",
        accelerators=1,
        runtime="my/image",
        extra={"disk": {"type": "pd-standard", "size_gb": 200}},
    )
    [pool] = vertex(settings, timeout=60.0)["workerPoolSpecs"]
    assert pool["machineSpec"] == {
        "machineType": "a2-highgpu-1g",
        "acceleratorType": "NVIDIA_TESLA_A100",
        "acceleratorCount": 1,
    }
    assert pool["diskSpec"] == {"bootDiskType": "pd-standard", "bootDiskSizeGb": 200}
    assert pool["pythonPackageSpec"]["executorImageUri"] == "my/image"
    assert vertex(settings, timeout=60.0)["scheduling"] == {"timeout": "60s"}


def test_several_pools_and_one_that_is_left_out():
    pools = (
        {"machine": "chief", "accelerator": None, "accelerators": 1, "replicas": 1},
        {"machine": "w", "accelerator": "NVIDIA_L4", "accelerators": 2, "replicas": 0},
        {"machine": None, "accelerator": None, "accelerators": 1, "replicas": 4},
    )
    chief, none, workers = vertex(CloudSettings(extra={"worker_pools": pools}))["workerPoolSpecs"]
    assert chief["machineSpec"] == {"machineType": "chief"}
    assert none == {}
    assert workers["replicaCount"] == "4"
    assert workers["pythonPackageSpec"] == chief["pythonPackageSpec"]


def test_a_container_on_vertex_gets_arguments_and_variables():
    [pool] = vertex(image=IMAGE, env={"A": "b", "PYTHONPATH": "/here"})["workerPoolSpecs"]
    assert pool["containerSpec"] == {
        "imageUri": IMAGE,
        "args": ["--x=1", "", "a b"],
        "env": [
            {"name": "A", "value": "b"},
            {"name": "SWEEPER_TRIAL", "value": "t"},
            {"name": "SWEEPER_JOB_DIR", "value": FOLDER},
        ],
    }


@pytest.mark.parametrize(
    ("region", "part"),
    [("us-central1", "us"), ("europe-west4", "europe"), ("asia-east1", "asia"), ("me-west1", "us")],
)
def test_the_image_that_runs_packages_is_the_nearest(region, part):
    assert default_image(region) == f"{part}-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6.py310:latest"


@pytest.mark.parametrize("build", [ml_body, vertex_body])
def test_a_job_without_a_package_or_an_image_is_refused(build):
    with pytest.raises(Refused):
        build(job(), CloudSettings(), dataclasses.replace(STAGED, package=None), region="r")
