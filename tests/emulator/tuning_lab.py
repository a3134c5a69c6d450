"""Tuning jobs of both services to send, and a trainer that reports what it was given."""

import json
import time

from runner_lab import wheel

PROJECT, PLACE = "projects/proj1", "projects/proj1/locations/us-central1"
PACKAGE = "gs://bkt/trainer-0.1-py3-none-any.whl"
DEADLINE = 60
TASK = """
import json, os, sys

NAMES = ("CLOUD_ML", "AIP_", "TF_CONFIG", "CLUSTER_SPEC")
seen = {name: value for name, value in os.environ.items() if name.startswith(NAMES)}
print("SEEN", json.dumps({"argv": sys.argv[1:], "env": seen}))
words = dict(word[2:].split("=", 1) for word in sys.argv[1:] if "=" in word)
for step in (1, 2):
    row = {"accuracy": str(float(words["lr"]) * step), "global_step": str(step), "timestamp": 1.0, "trial": "0"}
    with open(os.environ["CLOUD_ML_HP_METRIC_FILE"], "a") as file:
        file.write(json.dumps(row) + "\\n")
"""
LR = {"parameterName": "lr", "type": "DOUBLE", "minValue": 0.125, "maxValue": 0.25}
BS = {"parameterName": "bs", "type": "DISCRETE", "discreteValues": [16, 32]}
OPT = {"parameterName": "opt", "type": "CATEGORICAL", "categoricalValues": ["sgd", "a b"]}
LAYERS = {"parameterName": "layers", "type": "INTEGER", "minValue": 1, "maxValue": 5}


def ml_tuning(job_id="tune_1", labels=None, params=(LR, BS, OPT, LAYERS), training=None, **spec):
    spec = {"goal": "MAXIMIZE", "hyperparameterMetricTag": "accuracy", "maxTrials": 2, "params": list(params), **spec}
    given = {
        "scaleTier": "BASIC",
        "packageUris": [PACKAGE],
        "pythonModule": "trainer.task",
        "region": "us-central1",
        "runtimeVersion": "2.11",
        "pythonVersion": "3.7",
        "args": ["--epochs", "3"],
        "jobDir": "gs://bkt/out",
        "hyperparameters": spec,
        **(training or {}),
    }
    return {"jobId": job_id, "labels": labels or {}, "trainingInput": given}


def vertex_tuning(name="digits", labels=None, study=None, **fields):
    momentum = {"parameterId": "momentum", "doubleValueSpec": {"minValue": 0.5, "maxValue": 0.9}}
    branch = {"parentCategoricalValues": {"values": ["sgd"]}, "parameterSpec": momentum}
    options = {"values": ["sgd", "a b"]}
    parameters = [
        {"parameterId": "lr", "doubleValueSpec": {"minValue": 0.125, "maxValue": 0.25}},
        {"parameterId": "bs", "discreteValueSpec": {"values": [16, 32]}},
        {"parameterId": "opt", "categoricalValueSpec": options, "conditionalParameterSpecs": [branch]},
        {"parameterId": "layers", "integerValueSpec": {"minValue": "1", "maxValue": "5"}},
    ]
    metrics = [{"metricId": "accuracy", "goal": "MAXIMIZE"}]
    package = {
        "executorImageUri": "us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-14.py310:latest",
        "packageUris": [PACKAGE],
        "pythonModule": "trainer.task",
        "args": ["--epochs", "3"],
    }
    pool = {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": "1", "pythonPackageSpec": package}
    base = {"outputUriPrefix": "gs://bkt/out"}
    return {
        "displayName": name,
        "labels": labels or {},
        "maxTrialCount": 2,
        "parallelTrialCount": 1,
        "studySpec": {"metrics": metrics, "parameters": parameters, "algorithm": "RANDOM_SEARCH", **(study or {})},
        "trialJobSpec": {"workerPoolSpecs": [pool], "baseOutputDirectory": base},
        **fields,
    }


def tuning_api(server):
    """Vertex's tuning jobs as Google's client has them."""
    return server.api("aiplatform").projects().locations().hyperparameterTuningJobs()


def fill_bucket(server, package=None):
    """The trainer's package, where the jobs look for it; another one, where it is given."""
    server.send("POST", "/storage/v1/b?project=proj1", {"name": "bkt"})
    address = f"{server.url}/upload/storage/v1/b/bkt/o?uploadType=media&name={PACKAGE.removeprefix('gs://bkt/')}"
    headers = {"Content-Type": "application/octet-stream"}
    response, _ = server.http.request(address, "POST", package or wheel({"trainer/task.py": TASK}), headers)
    assert response.status == 200


def ended(get):
    """The job that ``get`` asks for, once it has ended."""
    return until(lambda: job if "endTime" in (job := get().execute()) else None)


def until(condition):
    """What the condition gives, once it gives anything."""
    deadline = time.monotonic() + DEADLINE
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


def entries(server, job_id, more="", *, project="proj1"):
    """What the job's log says."""
    query = f'resource.labels.job_id="{job_id}"{more}'
    asked = {"resourceNames": [f"projects/{project}"], "filter": query, "pageSize": 1000}
    status, body = server.send("POST", "/v2/entries:list", asked)
    assert status == 200, body
    return body.get("entries", [])


def seen(lines):
    """What each process saw, by its trial's id."""
    texts = [entry["jsonPayload"]["message"] for entry in lines]
    found = [json.loads(text.removeprefix("SEEN ")) for text in texts if text.startswith("SEEN ")]
    return {one["env"]["CLOUD_ML_TRIAL_ID"]: one for one in found}
