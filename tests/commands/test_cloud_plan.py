"""``sweeper plan`` for a cloud: machines, place and where it was said, hours and money with their sources."""

from __future__ import annotations

import json

import pytest

from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import JobRow, SweepRow, TrialRow
from sweeper.model import State

PLACE = ("--project=my-project", "--bucket=gs://my-bucket/sweeps")


@pytest.fixture
def cloud(lab, monkeypatch):
    """No settings of whoever runs the tests; a region from a variable."""
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "SWEEPER_PRICES", "SWEEPER_ENDPOINT", "SWEEPER_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(lab.folder / "gcloud"))
    monkeypatch.setenv("SWEEPER_REGION", "us-central1")
    return lab


def plan(lab, *more, backend="vertex"):
    return lab.run("plan", "sweep.yaml", f"--backend={backend}", *PLACE, *more)


def finished(lab, digest, *, seconds, backend="vertex"):
    """A ledger with trials of that code that took so long."""
    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow(f"old-{backend}", "old", 0.0, backend=backend))
        for n, each in enumerate(seconds):
            ledger.put_trial(TrialRow(f"old-{backend}", f"t{n}", n, f"t{n}", digest=digest))
            job = JobRow(f"old-{backend}", f"t{n}", 1, state=State.SUCCEEDED, started=100.0, ended=100.0 + each)
            ledger.put_job(job)


def code_of(lab):
    """The digest of the trainer's code, as a launch writes it down."""
    lab.config(name="once.yaml", x="[1]")
    lab.run("launch", "once.yaml", f"--home={lab.folder / 'other'}")
    with open_ledger(lab.folder / "other") as ledger:
        return ledger.sweeps()[0].digest


def test_machine_place_and_price_are_shown_with_their_sources(cloud):
    cloud.config(more="vertex: {accelerator: NVIDIA_TESLA_T4, spot: true}\n")
    found = plan(cloud, "--minutes-per-trial=30")
    assert (found.code, found.err) == (0, "")
    lines = found.out.splitlines()
    assert lines[0] == "toy: 3 trials, grid, on vertex"
    assert lines[2:5] == [
        "  each on n1-standard-4 with 1 x NVIDIA_TESLA_T4, spot",
        "  project my-project (--project), region us-central1 (SWEEPER_REGION), "
        "bucket gs://my-bucket/sweeps (--bucket)",
        "  estimate: 3 x 30 min = 1.5 hours of running time, as --minutes-per-trial says",
    ]
    assert lines[5].startswith("  estimate: 0.93 USD at 0.621 USD an hour (not exact, undated prices: the price page")
    assert lines[5].endswith("on demand: spot costs less, but how much less varies)")
    assert cloud.files() == {}


def test_json_says_the_same_under_cloud(cloud):
    cloud.config()
    found = plan(cloud, "--minutes-per-trial=30", "--json").json["cloud"]
    days = found["price"].pop("days_old")
    assert days > 0
    assert found == {
        "project": "my-project",
        "region": "us-central1",
        "bucket": "gs://my-bucket/sweeps",
        "sources": {"project": "--project", "region": "SWEEPER_REGION", "bucket": "--bucket"},
        "jobs": 3,
        "machines": [{"machine": "n1-standard-4", "accelerator": None, "accelerators": 0, "count": 1}],
        "spot": False,
        "estimate": {
            "trials": 3,
            "known_trials": 0,
            "hours_per_trial": {"low": 0.5, "middle": 0.5, "high": 0.5},
            "hours": {"low": 1.5, "middle": 1.5, "high": 1.5},
            "cost": {key: pytest.approx(1.5 * 0.21849885) for key in ("low", "middle", "high")},
            "currency": "USD",
        },
        "price": {
            "usd_per_hour": 0.21849885,
            "as_of": "2026-10-07",
            "source": found["price"]["source"],
            "exact": True,
        },
        "emulated": False,
    }


def test_a_local_plan_says_nothing_of_clouds(cloud):
    cloud.config()
    assert "cloud" not in cloud.run("plan", "sweep.yaml", "--json").json
    assert "estimate" not in cloud.run("plan", "sweep.yaml").out


def test_hours_come_from_finished_trials_of_the_same_code_on_that_backend(cloud):
    digest = code_of(cloud)
    finished(cloud, digest, seconds=[600, 1200, 1800])
    finished(cloud, digest, seconds=[1], backend="local")
    cloud.config()
    text = plan(cloud).out
    assert (
        "  estimate: 3 x 20 min = 1 (0.75 to 1.2) hours of running time, from 3 finished trials of this code\n" in text
    )
    assert "  estimate: 0.22 (0.16 to 0.27) USD at 0.2185 USD an hour (prices of 2026-10-07, " in text
    assert "estimate: no trial of this code has finished on mlengine yet" in plan(cloud, backend="mlengine").out
    cloud.write("toy.py", (cloud.folder / "toy.py").read_text() + "# other code\n")
    assert "say what one takes: --minutes-per-trial=<m>\n" in plan(cloud).out


def test_a_machine_without_a_price_is_said_with_what_to_write(cloud):
    cloud.config(more="vertex: {machine: n9-standard-4}\n")
    found = plan(cloud, "--minutes-per-trial=1")
    assert found.code == 0
    assert (
        "  estimate: the cost is not known; say what an hour of one job costs: vertex: {price: 0.25 USD}\n" in found.out
    )
    assert plan(cloud, "--minutes-per-trial=1", "--json").json["cloud"]["estimate"]["cost"] is None


def test_ones_own_prices_are_taken(cloud, monkeypatch):
    cloud.config(more="vertex: {machine: n9-standard-4, price: 2 USD}\n")
    text = plan(cloud, "--minutes-per-trial=60").out
    assert "  estimate: 6 USD at 2 USD an hour, as vertex.price says\n" in text
    cloud.write("prices.json", json.dumps({"as_of": "2026-11-01", "machines": {"n9-standard-4": 3}}))
    monkeypatch.setenv("SWEEPER_PRICES", "prices.json")
    cloud.config(more="vertex: {machine: n9-standard-4}\n")
    assert "  estimate: 9 USD at 3 USD an hour (prices of 2026-11-01, " in plan(cloud, "--minutes-per-trial=60").out


def test_on_the_emulator_nothing_is_charged(cloud, monkeypatch):
    monkeypatch.setenv("SWEEPER_ENDPOINT", "http://127.0.0.1:9")
    cloud.config()
    found = cloud.run("plan", "sweep.yaml", "--backend=mlengine", "--minutes-per-trial=2")
    assert "  each on scale tier BASIC\n" in found.out
    assert "project emulator (the emulator's default)" in found.out
    assert "  nothing is charged: SWEEPER_ENDPOINT is a server of this machine\n" in found.out


def test_a_limit_of_money_without_a_price_ends_before_anything_starts(cloud):
    cloud.config(more="limits: {cost: 20 USD}\nvertex: {machine: n9-standard-4}\n")
    for verb in ("plan", "launch"):
        found = cloud.run(verb, "sweep.yaml", "--backend=vertex", *PLACE)
        assert found.code == 2
        assert found.err == (
            "sweep.yaml: limits.cost: nobody knows what n9-standard-4 costs, so that this limit could not be kept\n"
            "  say what an hour of one job costs: vertex: {price: 0.25 USD}\n"
        )
    assert cloud.files() == {}
    assert cloud.run("plan", "sweep.yaml").code == 0  # what runs here costs nothing


def test_what_is_missing_is_told_at_once(cloud, monkeypatch):
    monkeypatch.delenv("SWEEPER_REGION")
    cloud.config()
    found = cloud.run("plan", "sweep.yaml", "--backend=vertex")
    assert found.code == 2
    assert [line.split(":")[0] for line in found.err.splitlines()[::2]] == [
        "vertex.project",
        "vertex.region",
        "vertex.bucket",
    ]


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_minutes_that_are_none_are_refused(cloud, text):
    cloud.config()
    found = plan(cloud, f"--minutes-per-trial={text}")
    assert found.code == 2
    assert found.err.startswith(f"--minutes-per-trial: expected a number above 0, got '{text}'")


def test_what_ml_engine_appends_is_shown(cloud):
    cloud.config()
    lines = plan(cloud, backend="mlengine").out.splitlines()
    shown = [line for line in lines if line.startswith("  python -m ")]
    assert len(shown) == 3
    assert all(" --job-dir gs://my-bucket/sweeps/toy/toy-xxxxxx/trials/" in line for line in shown)


STAGED = [
    # stage: what the parameter says, and the end of what the trial gets in place of each file
    ("[a.csv]", "a.csv", ["a.csv"]),
    ("['data/*.csv']", "data/b.csv", ["b.csv"]),
    ("[data]", "data/sub/c.csv", ["data/sub/c.csv"]),
    ("[data]", "data", ["data"]),
    ("['data/*.csv', a.csv]", "'a.csv,data/b.csv'", ["a.csv", "b.csv"]),
]


def files(lab):
    for name in ("a.csv", "data/b.csv", "data/sub/c.csv"):
        (lab.folder / name).parent.mkdir(parents=True, exist_ok=True)
        lab.write(name, name)


@pytest.mark.parametrize(("stage", "value", "ends"), STAGED)
def test_whoever_names_a_staged_file_gets_its_address(cloud, stage, value, ends):
    files(cloud)
    cloud.write("free.py", "print(1)\n")
    cloud.write("sweep.yaml", f"trainer: {{module: free, usage: none}}\nparameters: {{f: {value}}}\nstage: {stage}\n")
    found = plan(cloud, "--json")
    assert found.code == 0, found.err
    (argument,) = found.json["argv"][0]
    given = argument.removeprefix("--f=").split(",")
    assert all(one.startswith("gs://my-bucket/sweeps/data/") for one in given)
    assert ["/".join(one.split("/")[6:]) for one in given] == ends


def test_of_several_files_the_one_that_is_not_staged_is_named(cloud):
    files(cloud)
    cloud.write("free.py", "print(1)\n")
    text = "trainer: {module: free, usage: none}\nparameters: {f: 'a.csv,data/b.csv,new.csv'}\nstage: [a.csv]\n"
    cloud.write("sweep.yaml", text)
    found = plan(cloud)
    assert found.code == 2
    assert "'data/b.csv' is a file of this machine" in found.err
    assert "stage: [data/b.csv]" in found.err
    assert "'a.csv'" not in found.err
