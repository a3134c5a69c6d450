"""Plain jobs of both services are stopped early by what they leave in the bucket while they run."""

import json

import pytest

from tests.acceptance.cloud_lab import LAUNCH, Desk
from tests.emulator.runner_lab import shared_environments

TRAINER = '''"""A trainer that writes a curve into its output folder, and goes on from there.

Usage:
  task [--to=<x>] [--steps=<n>] [--mode=<word>] [--job-dir=<dir>]

Options:
  --to=<x>         What it rises to [default: 0].
  --steps=<n>      Of a fifth of a second [default: 600].
  --mode=<word>    rise, or hang after the first step [default: rise].
  --job-dir=<dir>  Where the metric goes.
"""
import json, os, time, urllib.error, urllib.parse, urllib.request

from docopt import docopt

options = docopt(__doc__)
bucket, _, folder = options["--job-dir"].removeprefix("gs://").partition("/")
base, name = os.environ["STORAGE_EMULATOR_HOST"], urllib.parse.quote(folder + "/metrics.jsonl", safe="")
try:
    lines = urllib.request.urlopen(f"{base}/storage/v1/b/{bucket}/o/{name}?alt=media").read()
except urllib.error.HTTPError:
    lines = b""
done = len(lines.split(b"\\n")) - 1 if lines else 0
print("going on after step", done, flush=True)
for step in range(done + 1, int(options["--steps"]) + 1):
    if step > 1 and options["--mode"] == "hang":
        time.sleep(600)
    value = float(options["--to"]) * step / (step + 1)
    lines += json.dumps({"accuracy": value, "step": step}).encode() + b"\\n"
    url = f"{base}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"
    urllib.request.urlopen(urllib.request.Request(url, data=lines, headers={"Content-Type": "text/plain"})).read()
    time.sleep(0.2)
'''

CONFIG = """\
name: tiny
trainer: {{module: tiny.task, requires: []}}
metric: accuracy
method: list
points: {points}
early_stopping: {rule}
limits: {{parallel: 1}}
{backend}: {{creates_per_minute: 100000, price: 1 USD}}
"""


@pytest.fixture
def desk(request, tmp_path, make_emulator, monkeypatch, capsys):
    folder = tmp_path / "emulator"
    folder.mkdir()
    (folder / "environments").symlink_to(shared_environments())
    made = Desk(tmp_path / "laptop", make_emulator(folder, slots=2), monkeypatch, capsys, backend=request.param)
    (made.folder / "tiny" / "task.py").write_text(TRAINER)
    return made


def launch(desk, points, rule):
    """What it said, and the rows of the results by what each trial rises to."""
    text = CONFIG.format(points=json.dumps(points), rule=rule, backend=desk.backend)
    (desk.folder / "sweep.yaml").write_text(text)
    code, said = desk.run(*LAUNCH)
    rows = json.loads(desk.run("results", "--json")[1])
    return code, said, {row["params"]["to"]: row for row in rows}


BOTH = pytest.mark.parametrize(
    "desk", ["vertex", pytest.param("mlengine", marks=pytest.mark.slow)], indirect=True, ids=str
)


@BOTH
def test_a_job_that_is_worse_is_cancelled_and_counts_with_what_it_had_reported(desk):
    points = [{"to": 0.9, "steps": 6}, {"to": 0.1}, {"to": 0.8, "mode": "hang"}]
    code, said, rows = launch(desk, points, "{rule: asha, stall: 4s}")
    assert code == 1, said
    assert {to: (row["state"], row["reason"]) for to, row in rows.items()} == {
        0.9: ("succeeded", ""),
        0.1: ("succeeded", "stopped_early"),
        0.8: ("failed", "stalled"),
    }
    assert 0 < rows[0.1]["metric"] < 0.1
    assert rows[0.1]["seconds"] < 30
    assert "stopped early: 1 trial; about " in said
    assert " USD" in said
    ends = [job["state"] for job in desk.jobs()]
    assert sum("CANCELLED" in end for end in ends) == 2, ends


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["vertex"], indirect=True)
def test_a_promoted_trial_is_another_job_that_goes_on_in_its_folder(desk):
    code, said, rows = launch(desk, [{"to": to, "steps": 12} for to in (0.5, 0.9, 0.1)], "{rule: asha, resumes: true}")
    assert code == 0, said
    assert {to: row["attempt"] > 1 for to, row in rows.items()} == {0.9: True, 0.5: False, 0.1: False}
    assert int(desk.run("logs", "tiny", rows[0.9]["trial"])[1].partition("after step ")[2].split()[0]) >= 2
    assert rows[0.9]["metric"] == pytest.approx(0.9 * 12 / 13)


@pytest.mark.parametrize("desk", ["vertex"], indirect=True)
def test_whoever_leaves_the_trials_alone_is_told_that_nobody_stops_them(desk):
    (desk.folder / "sweep.yaml").write_text(
        CONFIG.format(points='[{"to": 0.5, "steps": 1}]', rule="asha", backend=desk.backend)
    )
    said = desk.run(*LAUNCH, "--detach")[1]
    assert "note: early stopping needs a launch that runs" in said
    assert "left 1 with vertex" in said


@BOTH
def test_a_smoke_run_ends_its_jobs_at_their_first_report_and_leaves_the_sweep_to_be_begun(desk):
    text = CONFIG.format(points='[{"to": 0.5}, {"to": 0.1, "steps": 1}]', rule="asha", backend=desk.backend)
    (desk.folder / "sweep.yaml").write_text(text)
    code, said = desk.run(*LAUNCH, "--smoke")
    assert code == 0, said
    assert "passed " in said
    assert "launch it: sweeper launch sweep.yaml" in said
    rows = json.loads(desk.run("results", "tiny-smoke", "--json")[1])
    reasons = {row["params"]["to"]: row["reason"] for row in rows}
    assert reasons[0.5] == "stopped_early"
    assert reasons[0.1] in ("", "stopped_early")  # its only step may be seen before its end
    assert all(row["seconds"] < 60 for row in rows)
    assert sum("CANCELLED" in job["state"] for job in desk.jobs()) >= 1
    assert json.loads(desk.run("plan", "sweep.yaml", "--json", f"--backend={desk.backend}")[1])["keep"] == 0
    assert "that none of its configs has" not in desk.run("attach", "tiny-smoke", "--home=elsewhere")[1]
    again = json.loads(desk.run("results", "tiny-smoke", "--json", "--home=elsewhere")[1])
    assert {row["trial"] for row in again} == {row["trial"] for row in rows}
    (desk.folder / "sweep.yaml").write_text(text.replace("name: tiny", "name: tiny-smoke"))
    assert (
        json.loads(desk.run("plan", "sweep.yaml", "--json", f"--backend={desk.backend}", "--home=elsewhere")[1])["id"]
        is None
    )
