"""Submitting on several threads: what is told when, and who is asked again."""

import threading
from queue import SimpleQueue

import pytest

from sweeper.backends.fake import FakeBackend, FakeService, Outcome
from sweeper.backends.protocol import Refused, Unavailable
from sweeper.clock import FakeClock
from sweeper.driver.lanes import Lanes
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.work import Work
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import JobRow, SweepRow
from sweeper.model import Job, Space, Sweep, Trainer, Trial

DEADLINE = 20
SWEEP = Sweep("digits", Trainer("trainer.task"), Space(()))


class Gate:
    """Answers a call when the test says how."""

    lanes = 3

    def __init__(self):
        self.begun = SimpleQueue()
        self.asked = []

    def submit(self, job, *, again=False):
        answer = SimpleQueue()
        self.asked.append((job.trial_id, again))
        self.begun.put((job.trial_id, answer))
        said = answer.get(timeout=DEADLINE)
        if isinstance(said, BaseException):
            raise said
        return said

    def begins(self, count):
        """The next calls, by trial: where to put what they answer."""
        return dict(self.begun.get(timeout=DEADLINE) for _ in range(count))


def asked(*trials, again=False):
    return [(JobRow("s", one, 1), Job("s", one, 1, (), SWEEP.trainer), again) for one in trials]


def told(found):
    return {row.trial: came for row, came in found}


def test_jobs_that_are_left_under_way_are_told_by_a_later_call():
    gate = Gate()
    lanes = Lanes(gate)
    assert told(lanes.submit(asked("a", "b"), leave=2)) == {}
    assert len(lanes) == 2
    assert lanes.has(JobRow("s", "a", 1))
    assert not lanes.has(JobRow("s", "a", 2))
    calls = gate.begins(2)
    calls["a"].put("handle-a")
    assert told(lanes.submit([], leave=1)) == {"a": "handle-a"}
    assert told(lanes.told()) == {}, "nobody waits for the other one here"
    calls["b"].put(Refused("no"))
    assert isinstance(told(lanes.submit([]))["b"], Refused)
    assert len(lanes) == 0


def test_after_a_no_for_all_nothing_more_is_begun_and_what_was_not_is_new_the_next_time():
    gate = Gate()
    lanes = Lanes(gate)
    assert told(lanes.submit(asked(*"abcdef"), leave=6)) == {}
    calls = gate.begins(3)
    full = Unavailable("no more in this minute")
    first, *others = calls
    calls[first].put(full)
    news = lanes.submit([])
    row, came = next(news)
    assert (row.trial, came) == (first, full)
    for one in others:
        calls[one].put(f"handle-{one}")
    assert told(news) == {one: f"handle-{one}" for one in others}
    assert len(lanes) == 0
    assert sorted(trial for trial, _ in gate.asked) == sorted(calls)
    new = sorted({*"abcdef"} - {*calls})
    assert told(lanes.submit(asked(first, *new, again=True), leave=4)) == {}
    for _ in range(4):
        [call] = gate.begins(1).values()
        call.put("handle")
    assert len(told(lanes.submit([]))) == 4
    assert {trial for trial, again in gate.asked[3:] if again} == {first}, "nobody was asked for the others yet"


def test_a_call_that_takes_long_is_left_behind_also_after_a_no_for_all():
    gate = Gate()
    lanes = Lanes(gate)
    assert told(lanes.submit(asked("a", "b"), leave=2)) == {}
    calls = gate.begins(2)
    full = Unavailable("no more in this minute")
    calls["a"].put(full)
    assert told(lanes.submit([])) == {"a": full}, "the pass goes on without b"
    assert len(lanes) == 1
    assert told(lanes.submit(asked("c"), leave=2)) == {}
    gate.begins(1)["c"].put("handle-c")
    assert told(lanes.submit([], leave=1)) == {"c": "handle-c"}
    calls["b"].put("handle-b")
    assert told(lanes.submit([])) == {"b": "handle-b"}


def test_a_bug_is_raised_when_no_thread_has_anything_left_to_say():
    gate = Gate()
    lanes = Lanes(gate)
    assert told(lanes.submit(asked("a", "b"), leave=2)) == {}
    calls = gate.begins(2)
    calls["a"].put(ZeroDivisionError())
    calls["b"].put("handle-b")
    with pytest.raises(ZeroDivisionError):
        told(lanes.submit([]))
    assert len(lanes) == 0


class Cloud(FakeBackend):
    """Many at once; a submit takes a hundredth of a second, a look none."""

    lanes = 8

    def __init__(self, service):
        super().__init__(service, parallel=10_000)
        self.looks, self.submitted, self.lock = 0, [], threading.Lock()

    def submit(self, job, *, again=False):
        with self.lock:
            self.submitted.append(job.id)
            self._service.clock.move(0.01)
            return super().submit(job, again=again)

    def observe(self, handles):
        with self.lock:
            self.looks += 1
            return super().observe(handles)


def test_while_there_is_much_to_start_a_look_comes_every_few_seconds(tmp_path):
    service = FakeService(FakeClock(), lambda job: Outcome(1e6))
    cloud = Cloud(service)
    work = Work(SWEEP, "s", 3000, 3000, lambda n: Trial(f"t{n}", n, f"t{n}", {}), lambda trial: ())
    with open_ledger(tmp_path) as ledger:
        ledger.add_sweep(SweepRow("s", "digits", 0.0))
        reconciler = Reconciler(work, ledger, cloud, service.clock)
        while not reconciler.handed_over():
            reconciler.one_pass()
        assert len(ledger.live_jobs("s")) == 3000
        assert all(job.handle for job in ledger.live_jobs("s"))
    assert len(cloud.submitted) == len(set(cloud.submitted)) == 3000
    assert 10 <= cloud.looks <= 31  # in 30 seconds, and 47 passes
