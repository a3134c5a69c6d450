"""The real gcloud submits, describes, lists and cancels jobs; skipped where it is not on the PATH.

Each call takes gcloud one to two seconds, so a test makes few.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
import time

import pytest
from job_server import job_server

from sweeper.emulator.env import variables

pytestmark = [
    pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not on the PATH"),
    pytest.mark.xdist_group("gcloud"),
]
TIMEOUT = 120
TASK = 'import os, sys\nprint("argv", sys.argv[1:])\nprint("job", os.environ["CLOUD_ML_JOB_ID"])\n'
SPEC = """
workerPoolSpecs:
- machineSpec: {machineType: n1-standard-4}
  replicaCount: 1
  pythonPackageSpec:
    executorImageUri: us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-14.py310:latest
    packageUris: [gs://bucket/trainer-0.1.tar.gz]
    pythonModule: trainer.task
    args: ["--lr", "0.1"]
"""
TRAINING = ["--module-name=trainer.task", "--region=us-central1", "--runtime-version=2.11", "--python-version=3.7"]


class Gcloud:
    """gcloud in a home of its own, pointed at an emulator."""

    def __init__(self, server, home) -> None:
        self.server = server
        names = ("PATH", "LANG", "TMPDIR")
        self.env = {name: os.environ[name] for name in names if name in os.environ}
        self.env |= {"HOME": str(home), **variables(server.url, home)}

    def run(self, *words, cwd=None):
        argv = ["gcloud", "--format=json", "--quiet", *words]  # not after the trainer's own arguments
        return subprocess.run(argv, env=self.env, cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT, check=False)

    def __call__(self, *words, cwd=None):
        done = self.run(*words, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.fixture(scope="module")
def gcloud(tmp_path_factory):
    with job_server(tmp_path_factory.mktemp("emulator")) as server:
        server.send("POST", "/storage/v1/b?project=emulator", {"name": "bucket"})
        yield Gcloud(server, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A folder with a trainer's package, as gcloud's --package-path takes it."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "trainer").mkdir()
    (folder / "trainer" / "__init__.py").touch()
    (folder / "trainer" / "task.py").write_text(TASK)
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The same as a source distribution, as --packages takes it."""
    path = tmp_path_factory.mktemp("archive") / "trainer-0.1.tar.gz"
    files = {
        "setup.py": 'from setuptools import setup\nsetup(name="trainer", version="0.1", packages=["trainer"])\n',
        "trainer/__init__.py": "",
        "trainer/task.py": TASK,
    }
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"trainer-0.1/{name}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def test_a_job_is_submitted_from_a_folder_described_listed_and_cancelled(gcloud, sources):
    words = ["--staging-bucket=gs://bucket", "--job-dir=gs://bucket/out", "--labels=sweep=s1", *TRAINING]
    command = ["ai-platform", "jobs", "submit", "training", "from_folder", "--package-path=trainer", *words]
    gcloud(*command, "--", "--lr", "0.1", cwd=sources)
    gcloud.server.pass_time()

    job = gcloud("ai-platform", "jobs", "describe", "from_folder")
    assert (job["state"], job["labels"]) == ("RUNNING", {"sweep": "s1"})
    assert job["trainingInput"]["args"] == ["--lr", "0.1"]
    assert job["trainingInput"]["packageUris"][0].startswith("gs://bucket/from_folder/")
    assert [one["jobId"] for one in gcloud("ai-platform", "jobs", "list")] == ["from_folder"]
    gcloud("ai-platform", "jobs", "cancel", "from_folder")
    gcloud.server.pass_time()
    job = gcloud.server.ml.get(name="projects/emulator/jobs/from_folder").execute()
    assert job["state"] == "CANCELLED"


def test_a_job_is_submitted_with_a_package_by_the_commands_old_name(gcloud, archive):
    words = ["--packages", str(archive), "--staging-bucket=gs://bucket", *TRAINING]
    gcloud("ml-engine", "jobs", "submit", "training", "from_package", *words)
    uri = gcloud("ml-engine", "jobs", "describe", "from_package")["trainingInput"]["packageUris"][0]
    stored = gcloud.server.send("GET", f"/storage/v1/b/bucket/o/{uri.removeprefix('gs://bucket/').replace('/', '%2F')}")

    assert stored[1]["size"] == str(archive.stat().st_size)
    again = gcloud.run("ml-engine", "jobs", "submit", "training", "from_package", *words)
    assert again.returncode != 0
    assert "is the subject of a conflict" in again.stderr
    assert "A job with this id already exists." in again.stderr
    assert "from_package" in [one["jobId"] for one in gcloud("ml-engine", "jobs", "list")]
    gcloud("ml-engine", "jobs", "cancel", "from_package")


def test_what_only_the_server_can_see_is_told_by_it(gcloud, tmp_path):
    config = tmp_path / "job.yaml"
    config.write_text("trainingInput:\n  scaleTeer: BASIC\n")
    packages = "--packages=gs://bucket/trainer-0.1.tar.gz"
    done = gcloud.run("ai-platform", "jobs", "submit", "training", "wrong", packages, *TRAINING, f"--config={config}")

    assert done.returncode != 0
    assert "Unknown name \"scaleTeer\" at 'job.training_input': Cannot find field." in done.stderr


def test_a_custom_job_is_created_listed_described_and_cancelled(gcloud, tmp_path):
    config = tmp_path / "spec.yaml"
    config.write_text(SPEC)
    region = "--region=us-central1"
    words = ["--display-name=digits", f"--config={config}", "--labels=sweep=s1"]
    made = gcloud("ai", "custom-jobs", "create", region, *words)

    listed = gcloud("ai", "custom-jobs", "list", region, "--filter=labels.sweep=s1")
    assert [job["name"] for job in listed] == [made["name"]]
    job = gcloud("ai", "custom-jobs", "describe", made["name"])
    assert (job["displayName"], job["labels"]) == ("digits", {"sweep": "s1"})
    assert job["jobSpec"]["workerPoolSpecs"][0]["pythonPackageSpec"]["args"] == ["--lr", "0.1"]
    gcloud("ai", "custom-jobs", "cancel", made["name"])
    gcloud.server.pass_time()
    assert gcloud.server.custom.get(name=made["name"]).execute()["state"] == "JOB_STATE_CANCELLED"


def test_the_package_that_gcloud_builds_is_run_for_real(sources, tmp_path):
    with job_server(tmp_path / "emulator", simulate=None, clock="system") as server:
        server.send("POST", "/storage/v1/b?project=emulator", {"name": "bucket"})
        gcloud = Gcloud(server, tmp_path)
        words = ["--package-path=trainer", "--job-dir=gs://bucket/out", *TRAINING, "--", "--lr", "a b"]
        gcloud("ai-platform", "jobs", "submit", "training", "real", *words, cwd=sources)
        job = _ended(server, "projects/emulator/jobs/real")
        asked = {"resourceNames": ["projects/emulator"], "filter": 'resource.labels.job_id="real"', "pageSize": 1000}
        entries = server.send("POST", "/v2/entries:list", asked)[1]["entries"]
        printed = [entry["jsonPayload"]["message"] for entry in entries]

    assert job["state"] == "SUCCEEDED", printed
    assert "argv ['--lr', 'a b', '--job-dir', 'gs://bucket/out']" in printed
    assert "job real" in printed


def _ended(server, name):
    deadline = time.monotonic() + TIMEOUT
    while "endTime" not in (job := server.ml.get(name=name).execute()):
        assert time.monotonic() < deadline, job
    return job
