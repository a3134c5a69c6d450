"""How many requests a round takes, and when one is due."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from sweeper.backends.cloud.pace import Pace
from sweeper.backends.cloud.patience import GOOGLE
from sweeper.errors import SweeperError
from sweeper.model import Reason, State
from tests.backends_cloud.cloud_bench import HURRY, Bench, seen, settled, until

BOTH = pytest.mark.parametrize("name", ["mlengine", "vertex"])
STATES = "ml.list", "ml.get", "custom.list", "custom.get"


@pytest.fixture
def bench(make_emulator, tmp_path):
    made = []

    def make(name, **options):
        made.append(
            Bench(make_emulator(**{"simulate": 1000.0, "clock": "fake", "slots": 5000} | options), name, tmp_path)
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def asked(here, since):
    """Requests for states."""
    return [one for one in here.emulator.requests(since=since) if one["part"] in STATES]


def submit_all(here, backend, names):
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(lambda name: backend.submit(here.job(name)), names))


@BOTH
@pytest.mark.parametrize(("live", "past"), [(120, 30), pytest.param(1000, 1000, marks=pytest.mark.slow)])
def test_a_round_of_many_live_jobs_is_a_few_lists_whatever_the_past(bench, name, live, past):
    here = bench(name)
    here.patience = dataclasses.replace(HURRY, list_lag=0.0)
    backend = here.backend()
    old = submit_all(here, backend, [f"old{n}" for n in range(past)])
    until(lambda: seen(backend, old))
    here.emulator.advance(2000)
    settled(backend, *old)
    handles = submit_all(here, backend, [f"new{n}" for n in range(live)])
    later = here.backend()  # a process that knows nothing but handles
    for looker in (backend, backend, later, later):
        since = here.last_request()
        found = seen(looker, handles)
        assert len(found) == live
        assert len(asked(here, since)) <= 12
    until(lambda: all(one.state is State.RUNNING for one in seen(backend, handles).values()))
    since = here.last_request()
    seen(backend, handles)
    assert len(asked(here, since)) == -(-live // 100)


@BOTH
def test_jobs_that_leave_the_list_are_asked_for_a_few_in_a_round(bench, name):
    here = bench(name)
    backend = here.backend()
    handles = submit_all(here, backend, [f"t{n}" for n in range(30)])
    until(lambda: len([one for one in seen(backend, handles).values() if one.state is State.RUNNING]) == 30)
    for handle in handles[:10]:
        backend.cancel(handle, Reason.USER)
    cancelled = {}

    def all_told():
        since = here.last_request()
        found = seen(backend, [handle for handle in handles if handle not in cancelled])
        assert len(asked(here, since)) <= 13
        cancelled.update({handle: one for handle, one in found.items() if one.state is State.CANCELLED})
        return len(cancelled) == 10

    until(all_told)
    assert set(cancelled) == set(handles[:10])


@BOTH
def test_a_sweep_that_ended_while_nobody_looked_is_one_listing(bench, name):
    here = bench(name)
    handles = submit_all(here, here.backend(), [f"t{n}" for n in range(150)])
    until(lambda: len(here.rows()) == 100 and all(row["state"].endswith("RUNNING") for row in here.rows()))
    here.emulator.advance(2000)
    until(lambda: all(row["state"].endswith("SUCCEEDED") for row in here.rows()))
    since = here.last_request()
    found = here.backend().observe(handles)
    assert {one.state for one in found.values()} == {State.SUCCEEDED}
    assert len(found) == 150
    assert len(asked(here, since)) <= 6


@BOTH
def test_a_job_that_a_list_does_not_show_yet_is_not_lost(bench, name):
    part = "ml.list" if name == "mlengine" else "custom.list"
    here = bench(name, faults=f"{part}:lag=1000s")
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    assert backend.observe([handle])[handle].state in (State.QUEUED, State.RUNNING)
    here.patience = dataclasses.replace(here.patience, young=60.0)
    careful = here.backend()
    there = careful.submit(here.job("u"))
    assert careful.observe([there]) == {}


def test_a_failure_of_one_round_is_told_until_the_next(bench):
    here = bench("vertex")
    here.patience = dataclasses.replace(here.patience, unreachable=60.0)
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    here.emulator.set_faults("custom.list:denied=1")
    for _ in range(2):
        with pytest.raises(SweeperError, match="permission"):
            backend.observe([handle])
    assert len(here.requests("custom.list")) == 1


def test_the_pace_grows_while_nothing_happens_and_begins_anew():
    pace = Pace(GOOGLE)
    assert pace.due(0.0)
    now, waits = 0.0, []
    for happened in [True] + [False] * 12 + [True]:
        pace.after(now, happened=happened, requests=1)
        step = next(t / 10 for t in range(1, 1000) if pace.due(now + t / 10))
        waits.append(step)
        now += step
    assert waits[0] == 1.0
    assert waits == [*sorted(waits[:-1]), 1.0]
    assert waits[-2] == 30.0


def test_a_round_of_many_requests_is_not_repeated_at_once():
    pace = Pace(GOOGLE)
    pace.after(0.0, happened=True, requests=12)
    pace.soon(0.0)
    assert not pace.due(5.9)
    assert pace.due(6.0)


def test_something_new_is_looked_at_soon():
    pace = Pace(GOOGLE)
    for _ in range(20):
        pace.after(0.0, happened=False, requests=1)
    assert not pace.due(29.0)
    pace.soon(5.0)
    assert pace.due(6.0)
    assert pace.failed(6.0, 40.0) == 40.0
    pace.soon(7.0)
    assert not pace.due(45.0)
