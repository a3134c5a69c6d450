from __future__ import annotations

import pytest
from runner_lab import lab, play

from sweeper.emulator.clock import FakeClock


@pytest.mark.parametrize("simulate", [None, 0.2])
def test_a_job_without_quota_fails_before_it_runs(tmp_path, simulate):
    async def scenario():
        async with lab(tmp_path, simulate=simulate, job_fault={"job": "quota"}.get) as it:
            end = await it.run("print(1)")
            assert it.states() == ["preparing", "failed"]
            assert end.quota
            assert end.message.startswith("The following quota metrics exceed quota limits: ")
            assert (await it.run("print(1)", "another")).state == "succeeded"

    play(scenario())


@pytest.mark.parametrize("code", ["import time; time.sleep(600)", "print('done in no time')"])
def test_a_job_whose_machine_is_taken_away_is_preempted_whatever_it_did(tmp_path, code):
    async def scenario():
        async with lab(tmp_path, job_fault={"job": "preempt"}.get) as it:
            end = await it.run(code)
            assert (end.state, end.code) == ("preempted", None)
            assert it.states() == ["preparing", "running", "preempted"]

    play(scenario())


@pytest.mark.parametrize("simulate", [None, 0.2])
def test_a_service_may_start_a_preempted_job_again_as_soon_as_it_hears_of_it(tmp_path, simulate):
    async def scenario():
        asked = []
        fate = {"job": "preempt"}
        async with lab(tmp_path, simulate=simulate, job_fault=lambda name: asked.append(name) or fate.get(name)) as it:
            it.react = lambda event: it.start(code="print(1)") if event.state == "preempted" else None
            it.start(code="print(1)")
            await it.state("job", "succeeded")
            assert it.states() == ["preparing", "running", "preempted", "preparing", "running", "succeeded"]
            assert asked == ["job", "job after 1"]

    play(scenario())


def test_a_job_that_hangs_takes_its_slot_until_it_is_cancelled(tmp_path):
    async def scenario():
        async with lab(tmp_path, slots=1, job_fault={"job": "hang"}.get) as it:
            it.start("job", "print(1)")
            it.start("next", "print(1)")
            await it.state("job", "running")
            it.runner.cancel("job")
            await it.end("next")
            assert it.states("job") == ["preparing", "running", "cancelled"]
            assert it.printed("job") == []

    play(scenario())


def test_a_job_that_hangs_ends_at_its_time_limit(tmp_path):
    async def scenario():
        async with lab(tmp_path, job_fault={"job": "hang"}.get) as it:
            assert (await it.run("print(1)", timeout=0.2)).state == "timeout"

    play(scenario())


def test_a_simulated_job_that_hangs_never_ends_by_itself(tmp_path):
    async def scenario():
        clock = FakeClock()
        async with lab(tmp_path, simulate=10.0, clock=clock, job_fault={"job": "hang", "late": "hang"}.get) as it:
            it.start("job")
            it.start("late", timeout=50.0)
            await it.state("late", "running")
            clock.advance(1_000_000)
            assert it.states("job") == ["preparing", "running"]
            assert (await it.end("late")).time == pytest.approx(it.events[0].time + 50)
            it.runner.cancel("job")
            assert (await it.end("job")).state == "cancelled"

    play(scenario())
