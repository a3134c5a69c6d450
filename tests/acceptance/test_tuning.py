"""A sweep as one tuning job of each service: whatever befalls its launchers, one job, and all trials in the table."""

import json
import signal
import subprocess
import sys

import pytest

from tests.acceptance.cloud_lab import Laptop, emulator, get, until

TRAINER = '''"""A trainer whose metric is known beforehand.

Usage:
  task --rate=<x> --units=<n> --size=<n> --name=<word> [--depth=<n>] [--job-dir=<dir>]

Options:
  --rate=<x>       A number.
  --units=<n>      A whole number.
  --size=<n>       A whole number.
  --name=<word>    A word.
  --depth=<n>      A whole number [default: 1].
  --job-dir=<dir>  Not used.
"""
import json, os, sys

from docopt import docopt

options = docopt(__doc__)
print("ARGV", json.dumps(sys.argv[1:]))
units, size = int(options["--units"]), int(options["--size"])
with open(os.environ["CLOUD_ML_HP_METRIC_FILE"], "w") as file:
    for step in (1, 2):
        value = float(options["--rate"]) * step + units + size
        row = {"NAME": str(value), "global_step": str(step), "timestamp": 0.0, "trial": "0", "checkpoint_path": ""}
        file.write(json.dumps(row) + "\\n")
'''
CONFIG = """
name: tiny
trainer: {{module: tiny.task, requires: []}}
method: service
trials: {trials}
metric: accuracy
parameters:
  depth: 2
  rate: {{min: 0.001, max: 0.1, scale: log}}
  units: {{min: 1, max: 5}}
  size: [16, 32]
  name: [no, "a b", "1e5"]
limits: {{parallel: 3}}
"""
PATHS = {
    "mlengine": "projects/emulator/jobs",
    "vertex": "projects/emulator/locations/us-central1/hyperparameterTuningJobs",
}
BACKENDS = pytest.mark.parametrize("backend", list(PATHS))


def laptop(folder, url, backend, *, trials=6, metric="accuracy"):
    made = Laptop(folder, url, backend=backend, trials=1)
    (folder / "tiny" / "task.py").write_text(TRAINER.replace("NAME", metric))
    (folder / "sweep.yaml").write_text(CONFIG.format(trials=trials))
    return made


def tuning_jobs(url, backend):
    return get(f"{url}/v1/{PATHS[backend]}").get(PATHS[backend].rpartition("/")[2], [])


@BACKENDS
def test_killed_launched_twice_and_attached_it_is_one_tuning_job_with_all_its_trials(tmp_path, backend):
    with emulator(tmp_path / "emulator", "--faults=ml.create:cut_after=1;tuning.create:cut_after=1") as url:
        here = laptop(tmp_path / "here", url, backend)
        first = here.launch()
        until(lambda: tuning_jobs(url, backend) or first.poll() is not None)
        first.send_signal(signal.SIGKILL)
        first.wait()
        both = [here.launch(), here.launch()]
        assert [one.wait(240) for one in both] == [0, 0], here.said.read_text()
        assert len(tuning_jobs(url, backend)) == 1
        rows = here.results()
        assert [row["state"] for row in rows] == ["succeeded"] * 6
        for row in rows:
            params = row["params"]
            assert params["depth"] == 2
            assert 0.001 <= params["rate"] <= 0.1
            assert params["units"] in range(1, 6)
            assert (params["size"] in (16, 32), type(params["size"])) == (True, int)
            assert params["name"] in ("no", "a b", "1e5")
            assert row["metric"] == pytest.approx(2 * params["rate"] + params["units"] + params["size"])
            [argv] = [line for line in here.run("logs", "tiny", row["trial"]).stdout.splitlines() if "ARGV" in line]
            seen = json.loads(argv.partition("ARGV ")[2])
            wanted = [f"--{name}={params[name]}" for name in ("depth", "rate", "units", "size", "name")]
            assert seen[:5] == wanted
            assert len(seen) == (7 if backend == "mlengine" else 5)
        elsewhere = laptop(tmp_path / "elsewhere", url, backend)
        done = elsewhere.run("attach", "tiny", f"--backend={backend}")
        assert done.returncode == 0, done.stderr
        assert elsewhere.results() == rows
        again = here.launch()
        assert again.wait(60) == 0
        assert len(tuning_jobs(url, backend)) == 1


@BACKENDS
def test_a_cancelled_study_ends_with_its_trials_and_the_next_launch_asks_for_the_rest(tmp_path, backend):
    with emulator(tmp_path / "emulator", "--simulate=3", "--provisioning=0") as url:
        here = laptop(tmp_path / "here", url, backend, trials=9)
        left = here.start("launch", "sweep.yaml", f"--backend={backend}", "--no-verify", "--detach")
        assert left.wait(120) == 0, here.said.read_text()
        until(lambda: here.run("status", "--json").stdout.count('"succeeded": 0') == 0)
        assert here.run("cancel", "tiny").returncode == 0
        states = json.loads(here.run("status", "--json").stdout)["states"]
        assert states["cancelled"] >= 1
        assert states["succeeded"] >= 1
        assert here.launch().wait(120) == 0, here.said.read_text()
        assert len(tuning_jobs(url, backend)) == 2
        assert json.loads(here.run("status", "--json").stdout)["states"]["succeeded"] == 9


@BACKENDS
def test_a_study_whose_trials_report_another_metric_says_so(tmp_path, backend):
    with emulator(tmp_path / "emulator") as url:
        here = laptop(tmp_path / "here", url, backend, trials=3, metric="acc")
        assert here.launch().wait(200) == 1
        said = here.said.read_text()
        assert "no trial has reported accuracy" in said
        if backend == "vertex":
            assert "has not reported the metric 'accuracy'; it has reported acc" in said
        assert "Traceback" not in said


def test_on_this_machine_a_service_is_stood_in_for_with_a_word(tmp_path):
    here = laptop(tmp_path / "here", "http://127.0.0.1:9", "local", trials=4)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sweeper", "launch", "sweep.yaml"],
        cwd=here.folder,
        env=here.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "its place is taken by method: auto" in done.stderr
    assert len(here.results()) == 4
