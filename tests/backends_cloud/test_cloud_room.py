"""How many jobs may be created now: rate, parallel jobs, and a quota that is used up."""

from itertools import pairwise

import pytest

from sweeper.backends.cloud.hold import Hold
from sweeper.backends.cloud.patience import GOOGLE
from sweeper.backends.cloud.room import Room
from sweeper.backends.protocol import Unavailable
from sweeper.clock import FakeClock
from sweeper.google.rate import TokenBucket
from sweeper.model import CloudSettings, Limits, Reason, State
from tests.backends_cloud.cloud_bench import Bench, seen, settled, until

BOTH = pytest.mark.parametrize("name", ["mlengine", "vertex"])


@pytest.fixture
def clock():
    return FakeClock()


def room(clock, *, per_minute=60_000, parallel=None):
    return Room(TokenBucket(per_minute, clock), clock, GOOGLE, parallel=parallel)


def create(one):
    one.take()
    one.made()


def test_the_rate_bounds_what_may_be_created(clock):
    one = room(clock, per_minute=60)
    created = 0
    for _ in range(600):
        for _ in range(one.free()):
            create(one)
            created += 1
        clock.move(1.0)
    assert 580 <= created <= 611
    for _ in range(one.free()):
        create(one)
    with pytest.raises(Unavailable) as raised:
        create(one)
    assert 0 < raised.value.after < 62


def test_a_rate_that_was_refused_holds_for_as_long_as_the_service_says(clock):
    one = room(clock)
    one.take()
    assert one.refused(7.0) >= 7.0
    assert one.free() == 0
    clock.move(8.0)
    assert one.free() > 0


def test_parallel_bounds_what_runs_and_can_be_changed(clock):
    one = room(clock, parallel=3)
    one.runs(["a", "b"])
    assert one.free() == 1
    one.parallel = 5
    assert one.free() == 3
    one.ended("a", full=False)
    assert one.free() == 4
    one.ended("a", full=False)
    assert one.free() == 4, "it ends once"


def test_a_quota_that_is_used_up_holds_the_queue_until_a_job_ends(clock):
    one = room(clock)
    one.runs(["a", "b"])
    assert one.full() == GOOGLE.hold
    assert one.free() == 0
    with pytest.raises(Unavailable, match="quota"):
        one.take()
    one.ended("a", full=False)
    assert one.free() == 1
    create(one)
    assert one.free() == 0


def test_where_no_job_ends_one_is_tried_ever_later():
    hold = Hold(60.0, 900.0)
    now, tries = 0.0, []
    hold.full(now)
    while now < 5000:
        now += 1
        if hold.room(now):
            tries.append(now)
            hold.asked()
            hold.full(now)
    waits = [b - a for a, b in pairwise(tries)]
    assert tries[0] == 60
    assert waits[:4] == [120, 240, 480, 900]
    assert set(waits[4:]) == {900}


def test_a_quota_that_was_raised_is_soon_used():
    hold = Hold(60.0, 900.0)
    hold.full(0.0)
    asked = 0
    for _ in range(50):
        room = hold.room(60.0)
        if room is None:
            break
        for _ in range(room):
            hold.asked()
            hold.made()
            asked += 1
    assert hold.room(60.0) is None
    assert asked < 70


def test_many_refusals_at_once_are_one_piece_of_news():
    hold = Hold(60.0, 900.0)
    assert [hold.full(1.0) for _ in range(32)] == [60.0] * 32


@BOTH
def test_a_job_that_failed_for_quota_holds_the_queue(make_emulator, tmp_path, name):
    here = Bench(make_emulator(simulate=0.1, faults="quota_fail=1"), name, tmp_path)
    backend = here.backend()
    [found] = settled(backend, backend.submit(here.job("t")))
    assert (found.state, found.reason) == (State.FAILED, Reason.QUOTA)
    assert backend.capacity() == 0
    here.close()


@BOTH
def test_a_limit_of_the_config_bounds_parallel_jobs(make_emulator, tmp_path, name):
    here = Bench(make_emulator(simulate=1000.0, clock="fake"), name, tmp_path, limits=Limits(parallel=2))
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    assert backend.capacity() == 1
    later = here.backend()
    seen(later, [handle])
    assert later.capacity() == 1
    here.close()


@BOTH
def test_the_rate_of_the_config_is_kept_to(make_emulator, tmp_path, name):
    settings = CloudSettings(creates_per_minute=6)
    here = Bench(make_emulator(simulate=1000.0, clock="fake"), name, tmp_path, settings=settings)
    backend = here.backend()
    allowed = backend.capacity()
    assert 1 <= allowed <= 6
    for n in range(allowed):
        backend.submit(here.job(f"t{n}"))
    assert backend.capacity() == 0
    with pytest.raises(Unavailable, match="in this minute") as raised:
        backend.submit(here.job("u"))
    assert 0 < raised.value.after <= 61
    assert until(lambda: len(here.rows()) == allowed)
    here.close()
