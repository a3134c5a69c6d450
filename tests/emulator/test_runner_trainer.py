"""The bundled trainer as a job of either service, on the emulator's own buckets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from job_server import job_server
from runner_lab import wheel

pytest.importorskip("gcsfs")

ROOT = Path(__file__).parents[2]
PACKAGE = "trainer-0.1-py3-none-any.whl"
IMAGE = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6:latest"
ARGS = [
    "--train_data_paths=gs://bucket/data/digits.csv",
    "--eval_data_paths=gs://bucket/data/*_eval.csv",
    "--hidden_units=16",
]
DEADLINE = 90


@pytest.mark.slow
def test_the_numbers_are_those_of_a_local_run_to_the_last_digit_also_after_an_interruption(tmp_path):
    expected = _locally(tmp_path / "local", epochs=3)
    with job_server(tmp_path / "emulator", simulate=None, clock="system", slots=2) as server:
        _fill_bucket(server)
        _wait([_on_ml_engine(server, epochs=1), _on_vertex(server, epochs=3)])
        assert _rows(_object(server, "vertex/metrics.jsonl")) == expected
        assert _rows(_object(server, "ml/metrics.jsonl")) == expected[:1]
        _wait([_on_ml_engine(server, epochs=3)])
        assert _rows(_object(server, "ml/metrics.jsonl")) == expected
        assert json.loads(_object(server, "ml/evaluation.json"))["accuracy"] == expected[-1]["accuracy"]
        assert _object(server, "vertex/model.joblib") == (tmp_path / "local" / "model.joblib").read_bytes()


def _locally(folder, *, epochs):
    data = [f"--train_data_paths={ROOT}/data/digits.csv", f"--eval_data_paths={ROOT}/data/digits_eval.csv"]
    argv = [sys.executable, "-m", "trainer.task", *data, ARGS[2], f"--epochs={epochs}", "--job-dir", str(folder)]
    subprocess.run(argv, cwd=ROOT, check=True, capture_output=True)
    return _rows((folder / "metrics.jsonl").read_bytes())


def _on_ml_engine(server, *, epochs):
    given = {
        "scaleTier": "BASIC",
        "region": "us-central1",
        "packageUris": [f"gs://bucket/{PACKAGE}"],
        "pythonModule": "trainer.task",
        "args": [*ARGS, f"--epochs={epochs}"],
        "jobDir": "gs://bucket/ml",
        "runtimeVersion": "2.11",
        "pythonVersion": "3.7",
    }
    body = {"jobId": f"job_{epochs}", "trainingInput": given}
    server.ml.create(parent="projects/p", body=body).execute()
    return lambda: server.ml.get(name=f"projects/p/jobs/job_{epochs}").execute()["state"]


def _on_vertex(server, *, epochs):
    package = {
        "executorImageUri": IMAGE,
        "packageUris": [f"gs://bucket/{PACKAGE}"],
        "pythonModule": "trainer.task",
        "args": [*ARGS, f"--epochs={epochs}", "--job-dir=gs://bucket/vertex"],
    }
    pool = {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": "1", "pythonPackageSpec": package}
    body = {"displayName": "trainer", "jobSpec": {"workerPoolSpecs": [pool]}}
    made = server.custom.create(parent="projects/p/locations/us-central1", body=body).execute()
    return lambda: server.custom.get(name=made["name"]).execute()["state"].removeprefix("JOB_STATE_")


def _wait(jobs):
    """Until all have succeeded."""
    deadline = time.monotonic() + DEADLINE
    while (states := [state() for state in jobs]) != ["SUCCEEDED"] * len(jobs):
        assert "FAILED" not in states
        assert time.monotonic() < deadline, states
        time.sleep(0.1)


def _fill_bucket(server):
    server.send("POST", "/storage/v1/b?project=p", {"name": "bucket"})
    files = {f"trainer/{file.name}": file.read_text() for file in (ROOT / "trainer").glob("*.py")}
    requires = ["docopt", "scikit-learn", "cloudml-hypertune", "fsspec", "gcsfs"]
    content = {PACKAGE: wheel(files, requires=requires)}
    content |= {f"data/{name}": (ROOT / "data" / name).read_bytes() for name in ("digits.csv", "digits_eval.csv")}
    for name, data in content.items():
        address = f"{server.url}/upload/storage/v1/b/bucket/o?uploadType=media&name={name}"
        response, _ = server.http.request(address, "POST", data, {"Content-Type": "application/octet-stream"})
        assert response.status == 200


def _object(server, name):
    response, content = server.http.request(f"{server.url}/storage/v1/b/bucket/o/{name.replace('/', '%2F')}?alt=media")
    assert response.status == 200, content
    return content


def _rows(lines):
    return [{name: value for name, value in json.loads(line).items() if name != "time"} for line in lines.splitlines()]
