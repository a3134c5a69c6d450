"""Each shipped config: packaged, exported, submitted by the real gcloud, run by the emulator, attached, ranked."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from sweeper.config import load
from sweeper.formats.losses import is_constant, simpler
from sweeper.formats.registry import FORMATS
from tests.acceptance.cloud_lab import ROOT, emulator, get, until
from trainer.report import TAG

GCLOUD = shutil.which("gcloud")
PATHS = {
    "mlengine": "projects/emulator/jobs/tuned",
    "vertex": "projects/emulator/locations/us-central1/hyperparameterTuningJobs",
}
SWEEPER = (sys.executable, "-P", "-m", "sweeper")
SHIPPED = sorted(f"configs/{path.name}" for path in (ROOT / "configs").glob("*.yaml"))
QUICK = ("configs/tune.yaml",)
SLOW = pytest.mark.slow
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

    def attempt(self, *args):
        return subprocess.run(
            args, cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=300, check=False
        )

    def run(self, *args):
        done = self.attempt(*args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sweeper(self, *args):
        return self.run(*SWEEPER, *args)


def submit(desk, backend, config):
    if backend == "vertex":
        where = ("--region=us-central1", "--display-name=tuned", "--config=tuning.yaml")
        desk.run(GCLOUD, "ai", "hp-tuning-jobs", "create", *where)
        return
    words = ("ai-platform", "jobs", "submit", "training", "tuned")
    desk.sweeper("package", config, "--out=dist")
    [package] = (desk.folder / "dist").glob("*.tar.gz")
    more = ("--config=tuning.yaml", "--region=us-central1", "--job-dir=gs://tuned-bucket/out", f"--packages={package}")
    desk.run(GCLOUD, *words, *more)


def ended(desk, backend):
    found = get(f"{desk.url}/v1/{PATHS[backend]}")
    job = found if backend == "mlengine" else found["hyperparameterTuningJobs"][0]
    return "endTime" in job


def attached(desk, backend):
    desk.sweeper("attach", "tuned", f"--backend={backend}", "--region=us-central1")
    return json.loads(desk.sweeper("results", "--json"))


def shortened(path):
    """The same sweep with six trials at most, three at a time, where it sets no limits of its own."""
    if "\nlimits:" not in path.read_text():
        path.write_text(path.read_text() + "\nlimits: {parallel: 3, trials: 6}\n")


def export(desk, config, sweep, backend):
    """With the consent that it needs, after a refusal that names all that is lost. False where nothing can be asked."""
    words = (*SWEEPER, "export", config, f"--to={backend}", "--stage", "--no-verify", "--output=tuning.yaml")
    losses = simpler(sweep, FORMATS[backend].can)[1]
    done = desk.attempt(*words)
    if sweep.method == "list":
        assert (done.returncode, "leaves nothing to search" in done.stderr) == (2, True)
        assert desk.attempt(*words, "--lossy").returncode == 2
        return False
    assert done.returncode == (2 if losses else 0), done.stderr
    if losses:
        told = [line.split(": ")[1] for line in done.stderr.splitlines() if "cannot say this" in line]
        assert told == [loss.path for loss in losses]
        desk.run(*words, "--lossy")
    return True


def varying(sweep):
    """Parameters that have several values, those that move together included."""
    rows = [name for one in sweep.space.together for name in one.values]
    return {*rows, *(one.name for one in sweep.space.parameters if not is_constant(one))}


@pytest.mark.parametrize("backend", list(PATHS))
@pytest.mark.parametrize("config", [pytest.param(one, marks=SLOW if one not in QUICK else ()) for one in SHIPPED])
def test_what_gcloud_has_submitted_is_attached_and_ranked(tmp_path, backend, config):
    with emulator(tmp_path / "emulator", "--provisioning=0") as url:
        (tmp_path / "desk").mkdir()
        desk = Desk(tmp_path / "desk", url)
        shortened(desk.folder / config)
        sweep = load(desk.folder / config, backends=tuple(PATHS), backend=backend)
        if not export(desk, config, sweep, backend):
            return
        submit(desk, backend, config)
        until(lambda: ended(desk, backend), seconds=240)
        rows = attached(desk, backend)
        assert attached(desk, backend) == rows
        if sweep.metric.name != TAG:  # what the service does not hear it cannot tune by
            states = [row["state"] for row in rows]
            assert (set(states) <= {"failed", "cancelled"}, states.count("failed") >= 3) == (True, True)
            return
        assert [row["state"] for row in rows] == ["succeeded"] * (sweep.limits.trials or sweep.trials)
        metrics = [row["metric"] for row in rows]
        assert all(0.1 < metric <= 1 for metric in metrics)
        assert metrics == sorted(metrics, reverse=sweep.metric.goal == "maximize")
        assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
        wanted = varying(sweep)
        for row in rows:
            given = {name for name, value in row["params"].items() if value is not None}
            conditional = {one.name for one in sweep.space.parameters if one.when}
            assert wanted - conditional <= given, row
            if backend == "vertex":
                assert all(meets(sweep, name, row["params"]) == (name in given) for name in conditional), row


def meets(sweep, name, params):
    """Whether a parameter's condition holds in a trial."""
    [one] = [one for one in sweep.space.parameters if one.name == name]
    return all(params[other] in values for other, values in one.when.items())
