"""The token bucket against services that count in fixed and in sliding windows, on a clock that is moved."""

from __future__ import annotations

import heapq
import random
import threading
from collections import Counter, deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.clock import FakeClock
from sweeper.google.rate import WINDOW, TokenBucket

MINUTES = 15


@dataclass
class Fixed:
    """Counts in minutes that begin at some second of the clock."""

    quota: int
    offset: float = 17.0
    counts: Counter[int] = field(default_factory=Counter)

    def refusal(self, now: float) -> float | None:
        """Seconds until the next try, or None where it is taken."""
        window = int((now - self.offset) // WINDOW)
        if self.counts[window] >= self.quota:
            return (window + 1) * WINDOW + self.offset - now
        self.counts[window] += 1
        return None


@dataclass
class Sliding:
    """Counts over the last minute."""

    quota: int
    taken: deque[float] = field(default_factory=deque)

    def refusal(self, now: float) -> float | None:
        while self.taken and self.taken[0] <= now - WINDOW:
            self.taken.popleft()
        if len(self.taken) >= self.quota:
            return self.taken[0] + WINDOW - now
        self.taken.append(now)
        return None


SERVICES = {"fixed": Fixed, "sliding": Sliding}


@dataclass
class Course:
    """How many were taken and refused in each minute."""

    taken: list[int]
    refused: list[int]


def drive(told: int, service, *, told_when: bool, tick: float = 0.5, restart: float | None = None, seed=0) -> Course:
    """A launcher with more jobs than fit: it looks every ``tick`` or so, and calls take up to 0.6 s each way."""
    chance, clock = random.Random(seed), FakeClock(1000.0)
    begin, bucket = clock.now(), TokenBucket(told, clock)
    course, under_way = Course([0] * MINUTES, [0] * MINUTES), []
    sent: list[float] = []
    while (minute := int((clock.now() - begin) // WINDOW)) < MINUTES:
        now = clock.now()
        while under_way and under_way[0][0] <= now:
            at, _, answer = heapq.heappop(under_way)
            if answer is not None:
                bucket.learn(retry_after=answer if told_when else None)
            elif (wait := service.refusal(at)) is None:
                course.taken[minute] += 1
            else:
                course.refused[minute] += 1
                heapq.heappush(under_way, (at + chance.uniform(0.05, 0.6), chance.random(), wait))
        if restart is not None and now >= begin + restart:
            bucket, restart = TokenBucket(told, clock, recent=sent), None
        for _ in range(bucket.available()):
            assert bucket.take()
            sent.append(now)
            heapq.heappush(under_way, (now + chance.uniform(0.05, 0.6), chance.random(), None))
        clock.move(tick * chance.uniform(0.5, 1.0))
    return course


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.parametrize(("quota", "tick"), [(60, 0.5), (60, 2.0), (600, 0.5), (6, 0.5), (1, 0.5)])
@pytest.mark.parametrize("seed", range(3))
def test_a_quota_that_is_known_is_used_to_95_percent_without_one_refusal(kind, quota, tick, seed):
    course = drive(quota, SERVICES[kind](quota), told_when=False, tick=tick, seed=seed)
    assert sum(course.taken) >= 0.95 * quota * MINUTES
    assert sum(course.refused) == 0


@pytest.mark.parametrize("kind", SERVICES)
def test_a_launch_that_goes_on_after_another_remembers_what_that_one_asked_for(kind):
    course = drive(60, SERVICES[kind](60), told_when=False, restart=100.0)
    assert sum(course.taken) >= 0.95 * 60 * MINUTES
    assert sum(course.refused) == 0


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.parametrize(("told", "quota"), [(60, 30), (60, 45), (600, 60)])
@pytest.mark.parametrize("told_when", [True, False], ids=["with Retry-After", "without"])
def test_a_smaller_quota_is_learned_from_refusals(kind, told, quota, told_when):
    course = drive(told, SERVICES[kind](quota), told_when=told_when)
    later = slice(5, None)
    assert sum(course.taken[later]) >= (0.9 if told_when else 0.7) * quota * (MINUTES - 5)
    assert sum(course.refused[later]) <= 1.5 * (MINUTES - 5)


def test_the_first_few_go_at_once_and_the_rest_evenly():
    clock = FakeClock()
    bucket = TokenBucket(60, clock)
    assert bucket.available() == 10
    assert [bucket.take() for _ in range(11)] == [True] * 10 + [False]
    assert bucket.seconds_until() == pytest.approx(1.0)
    clock.move(1.0)
    assert bucket.available() == 1


def test_a_launch_right_after_a_small_one_has_what_that_one_left_of_the_first_few():
    clock = FakeClock(1000.0)
    assert TokenBucket(60, clock, recent=[998.0] * 4).available() == 8
    assert TokenBucket(60, clock, recent=[999.0] * 30).available() == 1
    assert TokenBucket(60, clock, recent=[950.0] * 60).available() == 0, "the window is full, whatever has trickled in"


def test_after_a_refusal_nothing_goes_until_the_service_says_so():
    clock = FakeClock()
    bucket = TokenBucket(60, clock)
    bucket.take()
    bucket.learn(retry_after=20.0)
    assert bucket.available() == 0
    assert bucket.seconds_until() > 20.0
    clock.move(19.9)
    assert not bucket.take()
    clock.move(3.0)
    assert bucket.take()


def test_refusals_that_were_on_their_way_together_lower_the_rate_once():
    clock = FakeClock()
    bucket = TokenBucket(60, clock)
    for _ in range(8):
        bucket.take()
    for _ in range(5):
        bucket.learn()
        clock.move(0.1)
    assert bucket.allowed == 30.0


def test_a_rate_that_was_lowered_grows_back():
    clock = FakeClock()
    bucket = TokenBucket(60, clock)
    bucket.take()
    bucket.learn()
    assert bucket.allowed == 30.0
    clock.move(10 * WINDOW)
    bucket.available()
    assert bucket.allowed == 60.0


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 200),
    st.lists(st.tuples(st.sampled_from(["take", "move", "learn"]), st.floats(0, 30)), max_size=60),
    st.integers(1, 12),
)
def test_what_seconds_until_says_is_enough(per_minute, steps, n):
    clock = FakeClock()
    bucket = TokenBucket(per_minute, clock)
    for what, number in steps:
        match what:
            case "take":
                bucket.take()
            case "move":
                clock.move(number)
            case _:
                bucket.learn(retry_after=number)
    n = min(n, int(bucket.allowed))
    wait = bucket.seconds_until(n)
    clock.move(wait + 0.01)
    assert bucket.available() >= min(n, 10)


def test_a_quota_that_is_lifted_holds_nobody_up():
    bucket = TokenBucket(1_000_000, FakeClock())
    assert all(bucket.take() for _ in range(10_000))


def test_threads_that_take_at_once_never_take_more_than_there_are():
    bucket = TokenBucket(600, FakeClock(), burst=100)
    taken: list[bool] = []

    def work():
        for _ in range(50):
            taken.append(bucket.take())

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 100
