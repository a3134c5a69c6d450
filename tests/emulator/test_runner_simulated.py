from __future__ import annotations

import cProfile
import json
import time

import pytest
from runner_lab import Bucket, lab, play

from sweeper.emulator.clock import FakeClock

NAMES = ("cancelled", "late", "refused", "unwritable", "waiting", "dropped")
METRICS = ("b", "s/trials/1/metrics.jsonl")


def test_a_simulated_job_takes_its_time_on_the_clock_and_leaves_a_metric(tmp_path):
    async def scenario():
        clock = FakeClock(1000.0)
        async with _simulation(tmp_path, clock) as it:
            it.start(args=("--x=1",), job_dir="gs://b/s/trials/1")
            await it.state("job", "running")
            clock.advance(59)
            assert it.states() == ["preparing", "running"]
            clock.advance(100)
            assert [(e.state, e.time, e.code) for e in it.events][2:] == [("succeeded", 1060.0, 0)]
            (row,) = map(json.loads, it.bucket[METRICS].splitlines())
            assert row.keys() == {"step", "accuracy", "time"}
            assert (row["step"], row["time"]) == (1, 1060.0)
            assert 0 <= row["accuracy"] < 1
            assert it.text() == ["Running command: python3 -m trainer.task --x=1", "The job has ended: succeeded."]

    play(scenario())


def test_its_metric_depends_on_the_arguments_but_not_on_the_output_folder(tmp_path):
    async def scenario():
        clock = FakeClock()
        async with _simulation(tmp_path, clock) as it:
            variants = [
                ("--x=1",),
                ("--x=1", "--job-dir=gs://b/2"),
                ("--job-dir", "gs://b/3", "--x=1"),
                ("--x=2",),
            ]
            for number, args in enumerate(variants):
                it.start(f"job{number}", args=args, job_dir=f"gs://b/{number}/")
            await it.state("job3", "running")
            clock.advance(60)
            found = [json.loads(it.bucket["b", f"{number}/metrics.jsonl"])["accuracy"] for number in range(4)]
            assert len(set(found[:3])) == 1
            assert found[3] != found[0]

    play(scenario())


def test_slots_count_and_one_advance_goes_through_the_whole_queue(tmp_path):
    async def scenario():
        clock = FakeClock(0.0)
        async with _simulation(tmp_path, clock, slots=2) as it:
            for number in range(5):
                it.start(f"job{number}")
            await it.state("job1", "running")
            assert it.states("job2") == []
            clock.advance(1000)
            ends = [(event.name, event.time) for event in it.events if event.state == "succeeded"]
            assert ends == [("job0", 60), ("job1", 60), ("job2", 120), ("job3", 120), ("job4", 180)]

    play(scenario())


def test_simulated_jobs_are_cancelled_time_out_and_are_refused_like_others(tmp_path):
    async def scenario():
        clock = FakeClock(0.0)
        async with _simulation(tmp_path, clock, slots=3) as it:
            it.start("cancelled")
            it.start("late", timeout=30.0)
            it.start("refused", module=None, image="gcr.io/p/i")
            it.start("unwritable", job_dir="nowhere")
            it.start("waiting")
            it.start("dropped")
            await it.state("unwritable", "running")
            it.runner.cancel("cancelled")
            it.runner.cancel("dropped")
            await it.end("dropped")
            clock.advance(200)
            ends = {event.name: event for event in it.events}
            states = ("cancelled", "timeout", "failed", "failed", "succeeded", "cancelled")
            assert tuple(ends[name].state for name in NAMES) == states
            assert ends["late"].time == 30
            assert "nowhere" in ends["unwritable"].message

    play(scenario())


def test_on_the_machine_s_clock_simulated_jobs_take_real_time(tmp_path):
    async def scenario():
        async with lab(tmp_path, simulate=0.1) as it:
            begun = time.time()
            await it.run(args=())
            assert time.time() - begun >= 0.09

    play(scenario())


def test_nothing_goes_on_after_the_end(tmp_path):
    async def scenario():
        clock = FakeClock()
        async with _simulation(tmp_path, clock) as it:
            it.start()
            await it.state("job", "running")
            await it.runner.close(kill=False)
            clock.advance(1000)
            assert it.states() == ["preparing", "running"]

    play(scenario())


@pytest.mark.parametrize("slots", [10, 10_000])
def test_the_last_of_ten_thousand_jobs_cost_no_more_than_the_first(tmp_path, slots):
    async def scenario():
        clock = FakeClock()
        async with _simulation(tmp_path, clock, slots=slots) as it:
            costs = [await _cost(it, clock, range(start, start + 2000)) for start in range(0, 10_000, 2000)]
            assert len(it.bucket) == 10_000
            assert costs[-1] < 1.1 * costs[0], costs

    play(scenario())


async def _cost(it, clock, numbers):
    """Calls of functions, which a busy machine does not move."""
    profile = cProfile.Profile()
    profile.enable()
    for number in numbers:
        it.start(f"job{number}", args=(f"--x={number}",), job_dir=f"gs://b/{number}")
    await it.state(f"job{numbers[0]}", "running")
    clock.advance(60 * len(numbers))
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def _simulation(folder, clock, **options):
    return lab(folder, bucket=Bucket(), simulate=60.0, clock=clock, **options)
