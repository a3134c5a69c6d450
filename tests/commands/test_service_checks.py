"""What is said of a trainer before a tuning service runs it: values it would not take, a metric it does not report."""

from __future__ import annotations

import pytest

CONFIG = """\
name: tune
trainer: {module: trainer.task, usage: %s}
method: service
trials: 4
limits: {parallel: 2}
metric: {name: acc, from: hypertune}
parameters:
  batch: [32, 64]
  opt: [sgd, adam]
"""
DOCOPT = '''"""Usage: task.py --batch=<n> --opt=<o> [--job-dir=<d>]"""
%s
from docopt import docopt
args = docopt(__doc__)
print(%s(args["--batch"]))
'''
ARGPARSE = """\
import argparse, hypertune
p = argparse.ArgumentParser()
p.add_argument("--batch", type=%s)
p.add_argument("--opt", choices=%s)
p.add_argument("--job-dir")
print(p.parse_args())
"""


@pytest.fixture
def tuned(lab, monkeypatch):
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "SWEEPER_ENDPOINT", "SWEEPER_PROJECT", "SWEEPER_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(lab.folder / "gcloud"))
    (lab.folder / "trainer").mkdir()
    lab.write("trainer/__init__.py", "")
    return lab


def plan(lab, source, usage="docopt", backend="vertex"):
    lab.write("trainer/task.py", source)
    lab.write("tune.yaml", CONFIG % usage)
    place = ("--project=my-project", "--region=us-central1", "--bucket=gs://my-bucket/s")
    return lab.run("plan", "tune.yaml", f"--backend={backend}", *(place if backend != "local" else ()))


def test_the_line_that_would_break_a_service_trial_is_a_note(tuned):
    found = plan(tuned, DOCOPT % ("import hypertune", "int"))
    assert found.code == 0
    assert "trainer/task.py:5: parameters.batch: the service may pass --batch=32.0, and int('32.0') fails" in found.err
    assert "hypertune" not in found.err
    assert "32.0" not in plan(tuned, DOCOPT % ("import hypertune", "float")).err
    assert "does not show whether" in plan(tuned, DOCOPT % ("import hypertune", "str")).err


def test_argparse_says_itself_what_it_takes(tuned):
    found = plan(tuned, ARGPARSE % ("int", ["sgd", "adam"]), "argparse")
    assert found.code == 0
    assert "the service may pass --batch=32.0 or --batch=64.0: argparse says: " in found.err
    assert found.err.count("note:") == 1
    assert plan(tuned, ARGPARSE % ("float", ["sgd", "adam"]), "argparse").err == ""


def test_a_trainer_that_tells_the_service_nothing_is_noted(tuned):
    source = DOCOPT % ("", "float")
    for backend in ("vertex", "mlengine"):
        found = plan(tuned, source, backend=backend)
        assert found.code == 0
        assert "metric.name: the trainer does not import hypertune: the service would learn nothing of acc" in found.err
    assert "hypertune" not in plan(tuned, source, backend="local").err


def test_summaries_of_tensorboard_are_enough_for_ml_engine_and_for_it_alone(tuned):
    source = DOCOPT % ("from tensorboardX import SummaryWriter", "float")
    assert "hypertune" not in plan(tuned, source, backend="mlengine").err
    assert "does not import hypertune" in plan(tuned, source, backend="vertex").err


ALL_KINDS = """\
name: tune
method: service
trials: 4
trainer: {module: trainer.task, usage: argparse}
limits: {parallel: 2, hours: 3, cost: 5 USD}
exclude:
  - {opt: sgd, batch: 64}
parameters:
  rat: 0.5
  decay: [1.0, 2.0]
  opt: [sgd, lion]
  batch: {values: [32, 64], when: {rat: 0.5}}
  quiet: [true, false]
constraints: ["batch > 1"]
metric: {name: acc, from: jsonl}
"""
MANY = """\
import argparse, hypertune
p = argparse.ArgumentParser()
p.add_argument("--rate", type=float)
p.add_argument("--decay", choices=["1.0", "2.0"])
p.add_argument("--batch", type=float)
p.add_argument("--opt", choices=["sgd", "adam"])
p.add_argument("--quiet", action="store_true")
p.add_argument("--job-dir")
print(p.parse_args())
"""


@pytest.mark.parametrize("verb", ["plan", "launch"])
def test_wrong_command_lines_losses_and_values_of_the_service_are_told_at_once_in_file_order(tuned, verb):
    tuned.write("trainer/task.py", MANY)
    tuned.write("tune.yaml", ALL_KINDS)
    place = ("--project=my-project", "--region=us-central1", "--bucket=gs://my-bucket/s")
    found = tuned.run(verb, "tune.yaml", "--backend=vertex", *place)
    assert found.code == 2
    told = [line.split(": ", 2)[1:] for line in found.err.splitlines() if line.startswith("tune.yaml: ")]
    said = {
        "exclude[0]": "Vertex AI cannot say this: the combination",
        "parameters.rat": "",
        "parameters.decay": "the service passes --decay=1 or --decay=2: argparse says",
        "parameters.opt": "argparse says",
        "parameters.quiet": "Vertex AI cannot say this: it is a flag",
        "constraints[0]": "Vertex AI cannot say this: every point",
        "metric.from": "Vertex AI cannot say this: acc is read from jsonl",
    }
    assert [path for path, _ in told] == list(said), found.err
    assert all(message.startswith(said[path]) for path, message in told), found.err
    assert found.err.count("method: random") == 1


def test_limits_that_a_launch_keeps_itself_are_no_complaint(tuned):
    tuned.write("trainer/task.py", DOCOPT % ("import hypertune", "float"))
    tuned.write("tune.yaml", (CONFIG % "docopt").replace("{parallel: 2}", "{parallel: 2, hours: 3, cost: 5 USD}"))
    place = ("--project=my-project", "--region=us-central1", "--bucket=gs://my-bucket/s")
    for backend in ("vertex", "mlengine"):
        found = tuned.run("plan", "tune.yaml", f"--backend={backend}", *place)
        assert (found.code, "limits" in found.err) == (0, False), found.err
