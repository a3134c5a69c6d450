"""A thousand live jobs, in a project with a long past: requests of a round for states, and for what was measured."""

import dataclasses
import json
from contextlib import closing

import pytest

from sweeper.backends.mlengine.body import body as ml_body
from sweeper.backends.vertex.body import body as vertex_body
from sweeper.emulator.aiplatform.view import body_of
from sweeper.emulator.jobs import projects, table
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.state import State as Store
from sweeper.model import State
from tests.backends_cloud.cloud_bench import HURRY, Bench, until

LIVE, PAST = 1000, 3000
STATES = "ml.list", "ml.get", "custom.list", "custom.get"


def record(here, job):
    """The job as the emulator keeps it after sweeper has asked for it."""
    if here.name == "mlengine":
        made = ml_body(job, here.sweep.clouds[here.name], here.staged, region="us-central1")
        place, body, name = "projects/proj/jobs", {"trainingInput": made["trainingInput"]}, made["jobId"]
        return Record(place, name, body, 0, 0, labels=made["labels"])
    made = vertex_body(job, here.sweep.clouds[here.name], here.staged, region="us-central1")
    place = f"projects/{projects.number_of('proj')}/locations/us-central1/customJobs"
    body = {"jobSpec": body_of(made)["jobSpec"]}
    return Record(place, "", body, 0, 0, display=made["displayName"], labels=made["labels"])


def fill(here, folder):
    """Jobs that have ended, of this sweep too, then those that run, straight into the emulator's own store."""
    jobs = [here.job(f"old{n}") for n in range(PAST)] + [here.job(f"new{n}") for n in range(LIVE)]
    with closing(Store(folder, standing=True)) as store, store.db:
        number = projects.number_of("proj")
        projects.meet_project(store.db, projects.Project("proj", number))
        begin = int(store.now() * 1e6) - PAST - LIVE
        for n, job in enumerate(jobs):
            one, at = record(here, job), begin + n
            done = {"phase": Phase.SUCCEEDED, "ended": at} if n < PAST else {"phase": Phase.RUNNING}
            job_id = one.job_id or str(10**18 + n)
            table.add(store.db, dataclasses.replace(one, job_id=job_id, created=at, updated=at, started=at, **done))
    return jobs[PAST:]


@pytest.fixture(params=["mlengine", "vertex"])
def thousand(request, make_emulator, tmp_path):
    """A place with a thousand jobs that run, and their handles by trial."""
    emulator = make_emulator(simulate=1e6, clock="fake", slots=5000)
    here = Bench(emulator, request.param, tmp_path)
    here.patience = dataclasses.replace(HURRY, list_lag=0.0)
    emulator.stop()
    jobs = fill(here, emulator.dir)
    emulator.start()
    there = dict(here.backend().discover("sweep-1"))
    yield here, {job.trial_id: there[job.id] for job in jobs}
    here.close()


def test_a_round_is_twelve_requests_at_most_and_metrics_cost_what_changed(thousand):
    here, by_trial = thousand
    handles = list(by_trial.values())
    assert len(set(handles)) == LIVE
    backend = here.backend()  # of a process that knows nothing but handles

    def look():
        """(requests for states, requests for objects, what was seen) of one round."""
        since = here.last_request()
        found = backend.observe(handles)
        assert len(found) == LIVE
        parts = [one["part"] for one in here.emulator.requests(since=since)]
        return sum(part in STATES for part in parts), sum(part.startswith("storage.") for part in parts), found

    assert look()[0] <= 12
    until(lambda: all(one.state is State.RUNNING for one in look()[2].values()))
    assert look()[:2] == (10, 1)

    changed = list(by_trial)[:30]
    for steps, trials in ((1, changed), (2, changed[:7]), (2, [])):
        for trial in trials:
            lines = "".join(json.dumps({"step": n, "accuracy": n / 4}) + "\n" for n in range(steps))
            here.put(f"sweeps/s/sweep-1/trials/{trial}/metrics.jsonl", lines.encode())
        states, objects, found = look()
        assert (states, objects) == (10, 1 + len(trials))
    measured = {trial: len(found[handle].measurements) for trial, handle in by_trial.items()}
    assert measured == {trial: 2 if trial in changed[:7] else int(trial in changed) for trial in by_trial}
