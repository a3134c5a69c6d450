"""Nothing is paid for twice: faults on the wire, launchers killed at random moments, and the server's own books."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.cloud_lab import Laptop, emulator, jobs, no_more_faults, until

FAULTS = ";".join(
    (
        "latency=20ms",
        "rate429=0.004",  # few: each of them rightly holds everything for up to a minute
        "quota429=0.01",
        "error503=0.05",
        "error500=0.03",
        "cut_before=0.04",
        "cut_after=0.05",
        "duplicate=0.02",
        "lag=500ms",
    )
)
MACHINES = "--provisioning=8"
"""Seconds until a job has its machine: a minute in truth. In it a second job of one attempt can be seen and ended."""
CARELESS = str(Path(__file__).with_name("careless.py"))


def launch_until_done(laptop, *, kills, seed, program=("-m", "sweeper")):
    """Launch, kill -9 somewhere in the middle, launch again, as often as asked; then let it end."""
    chance = random.Random(seed)
    for _ in range(kills):
        process = laptop.launch(program=program)
        try:
            process.wait(chance.uniform(0.5, 4.0))
        except Exception:
            process.kill()
        process.wait(60)
    for _ in range(5):
        process = laptop.launch(program=program)
        try:
            if process.wait(900) == 0:
                return
        finally:
            process.kill()
    raise AssertionError(laptop.said.read_text()[-3000:])


def labels(job):
    found = job["labels"]
    return found["sweeper-trial"], found["sweeper-attempt"]


def is_cancelled(job):
    return job["state"] in ("JOB_STATE_CANCELLED", "CANCELLED", "JOB_STATE_CANCELLING", "CANCELLING")


def prove(laptop, trials):
    """By the server's own list: each attempt one job at most that was not cancelled, each trial one that succeeded."""
    no_more_faults(laptop.url)
    there = jobs(laptop.url, laptop.backend)
    kept = Counter(labels(job) for job in there if not is_cancelled(job))
    doubles = [found for found, n in kept.items() if n > 1]
    assert not doubles, f"more than one job for {doubles}"
    succeeded = Counter(labels(job)[0] for job in there if job["state"].endswith("SUCCEEDED"))
    assert len(succeeded) == trials
    assert set(succeeded.values()) == {1}
    everything = Counter(labels(job) for job in there)
    twins = [found for found, n in everything.items() if n > 1]
    if laptop.backend == "mlengine":
        assert twins == []
    said = laptop.said.read_text()
    for trial, _ in twins:
        assert trial in said, f"the duplicate of {trial} was not reported"
    rows = laptop.results()
    assert [row["state"] for row in rows] == ["succeeded"] * trials
    assert [row["metric"] for row in rows] == [row["params"]["x"] / 1000 for row in rows]
    assert [row["params"]["x"] for row in rows] == list(range(trials, 0, -1))


@pytest.mark.parametrize("backend", ["mlengine", "vertex"])
def test_sixty_trials_run_once_each_whatever_is_lost_or_killed(tmp_path, backend):
    with emulator(tmp_path / "emulator", f"--faults={FAULTS}", "--seed=1", MACHINES) as url:
        laptop = Laptop(tmp_path / "laptop", url, backend=backend, trials=60)
        launch_until_done(laptop, kills=4, seed=backend)
        prove(laptop, 60)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["mlengine", "vertex"])
def test_five_hundred_trials_run_once_each_whatever_is_lost_or_killed(tmp_path, backend):
    with emulator(tmp_path / "emulator", f"--faults={FAULTS}", "--seed=2", MACHINES) as url:
        laptop = Laptop(tmp_path / "laptop", url, backend=backend, trials=500)
        launch_until_done(laptop, kills=20, seed=backend)
        prove(laptop, 500)


def test_the_proof_notices_a_launcher_that_does_not_look_before_it_creates_again(tmp_path):
    with emulator(tmp_path / "emulator", "--faults=custom.create:cut_after=0.5", "--seed=3", "--provisioning=0") as url:
        laptop = Laptop(tmp_path / "laptop", url, backend="vertex", trials=20)
        laptop.launch(program=(CARELESS,)).wait(120)
        until(lambda: all(job["state"].endswith(("SUCCEEDED", "CANCELLED")) for job in jobs(url, "vertex")))
        with pytest.raises(AssertionError, match="more than one job for"):
            prove(laptop, 20)
