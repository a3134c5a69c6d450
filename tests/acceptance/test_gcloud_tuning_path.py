"""A config, packaged and exported, submitted by the real gcloud, run by the emulator, attached and ranked."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.acceptance.cloud_lab import ROOT, emulator, get, until

GCLOUD = shutil.which("gcloud")
PATHS = {
    "mlengine": "projects/emulator/jobs/tuned",
    "vertex": "projects/emulator/locations/us-central1/hyperparameterTuningJobs",
}
pytestmark = [
    pytest.mark.skipif(GCLOUD is None, reason="gcloud is not on the PATH"),
    pytest.mark.xdist_group("gcloud"),
]


class Desk:
    """The project's own files, sweeper and gcloud, both pointed at an emulator."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        for name in ("trainer", "configs", "data"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        self.environ = {
            **kept,
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "SWEEPER_ENDPOINT": url,
            "SWEEPER_PROJECT": "emulator",
            "SWEEPER_BUCKET": "gs://tuned-bucket/sweeps",
            "CLOUDSDK_CONFIG": str(folder / "gcloud"),
            "CLOUDSDK_CORE_PROJECT": "emulator",
            "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_ML": f"{url}/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM": f"{url}/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{url}/storage/v1/",
        }

    def run(self, *args):
        done = subprocess.run(
            args, cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sweeper(self, *args):
        return self.run(sys.executable, "-P", "-m", "sweeper", *args)


def submit(desk, backend, config):
    if backend == "vertex":
        where = ("--region=us-central1", "--display-name=tuned", "--config=tuning.yaml")
        desk.run(GCLOUD, "ai", "hp-tuning-jobs", "create", *where)
        return
    words = ("ai-platform", "jobs", "submit", "training", "tuned")
    desk.sweeper("package", f"configs/{config}", "--out=dist")
    [package] = (desk.folder / "dist").glob("*.tar.gz")
    more = ("--config=tuning.yaml", "--region=us-central1", "--job-dir=gs://tuned-bucket/out", f"--packages={package}")
    desk.run(GCLOUD, *words, *more)


def ended(desk, backend):
    found = get(f"{desk.url}/v1/{PATHS[backend]}")
    job = found if backend == "mlengine" else found["hyperparameterTuningJobs"][0]
    return "endTime" in job


CONFIGS = ["tune.yaml", pytest.param("random.yaml", marks=pytest.mark.slow)]


@pytest.mark.parametrize("backend", list(PATHS))
@pytest.mark.parametrize("config", CONFIGS)
def test_what_gcloud_has_submitted_is_attached_and_ranked(tmp_path, backend, config):
    with emulator(tmp_path / "emulator", "--provisioning=0") as url:
        (tmp_path / "desk").mkdir()
        desk = Desk(tmp_path / "desk", url)
        desk.sweeper("export", f"configs/{config}", f"--to={backend}", "--stage", "--no-verify", "--output=tuning.yaml")
        submit(desk, backend, config)
        until(lambda: ended(desk, backend), seconds=240)
        desk.sweeper("attach", "tuned", f"--backend={backend}", "--region=us-central1")
        rows = json.loads(desk.sweeper("results", "--json"))
        assert {row["state"] for row in rows} == {"succeeded"}
        assert len(rows) == (12 if config == "tune.yaml" else len(rows))
        assert all(0.1 < row["metric"] <= 1 for row in rows)
        assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
        assert "learning_rate" in rows[0]["params"]
        desk.sweeper("attach", "tuned", f"--backend={backend}", "--region=us-central1")
        assert json.loads(desk.sweeper("results", "--json")) == rows
