from __future__ import annotations

import asyncio
import time

from sweeper.emulator.clock import FakeClock, SystemClock


def test_a_fake_clock_makes_each_call_at_its_own_time_in_order():
    clock, seen = FakeClock(100.0), []
    for when in (130.0, 110.0, 120.0, 110.0):
        clock.call_at(when, lambda when=when: seen.append((when, clock.now())))
    clock.advance(20)
    assert seen == [(110.0, 110.0), (110.0, 110.0), (120.0, 120.0)]
    assert clock.now() == 120.0
    clock.advance(100)
    assert (seen[-1], clock.now()) == ((130.0, 130.0), 220.0)


def test_a_call_may_ask_for_more_calls_within_the_same_advance():
    clock, seen = FakeClock(0.0), []

    def tick():
        seen.append(clock.now())
        clock.call_at(clock.now() + 10, tick)

    clock.call_at(10, tick)
    clock.advance(35)
    assert seen == [10, 20, 30]
    assert clock.now() == 35


def test_what_is_due_already_is_called_by_the_next_advance_and_time_does_not_go_back():
    clock, seen = FakeClock(100.0), []
    clock.call_at(50.0, lambda: seen.append(clock.now()))
    assert seen == []
    clock.advance(0)
    assert seen == [100.0]


def test_a_cancelled_call_is_not_made():
    clock, seen = FakeClock(), []
    timer = clock.call_at(clock.now() + 1, lambda: seen.append(1))
    timer.cancel()
    clock.advance(10)
    timer.cancel()
    assert seen == []


def test_the_machine_s_clock_calls_in_the_loop_when_the_time_has_come():
    async def scenario():
        clock, called = SystemClock(), asyncio.Event()
        begun = clock.now()
        clock.call_at(begun + 0.05, called.set)
        await asyncio.wait_for(called.wait(), timeout=10)
        assert clock.now() >= begun + 0.04
        assert abs(clock.now() - time.time()) < 5

    asyncio.run(scenario())
