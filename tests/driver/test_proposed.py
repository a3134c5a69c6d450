"""A search that adapts, driven: each proposal follows from what is on disk, wherever the launcher dies."""

import dataclasses
import json
from hashlib import blake2b

import pytest
from crashing import Boundary, Crash, CrashingBackend, CrashingLedger

from sweeper.backends.fake import FakeBackend, FakeService, Outcome, measured
from sweeper.clock import FakeClock
from sweeper.driver.drive import Hand, drive
from sweeper.driver.known import Known
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.work import Work
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import (
    Choices,
    EarlyStopping,
    Limits,
    Measurement,
    Metric,
    Observation,
    Parameter,
    Range,
    Reason,
    Repeats,
    Space,
    State,
    StopWhen,
    Sweep,
    Trainer,
)
from sweeper.search import make
from sweeper.search.told import Told

SPACE = Space((Parameter("x", Range(0.0, 1.0)), Parameter("y", Range(0.0, 1.0))))


class Witness:
    """Proposes a digest of all that it is told: whatever is told otherwise gives another point."""

    exact = adapts = True

    def __init__(self, count):
        self.count = count

    def propose(self, k, told=()):
        if k >= self.count:
            raise IndexError(k)
        text = json.dumps([(one.number, one.point, one.state, one.value) for one in told])
        return {"x": int(blake2b(text.encode(), digest_size=6).hexdigest(), 16) / 2**48}


class Lab:
    """One sweep, its service and its ledger; launched as often as one likes."""

    def __init__(self, home, search, *, trials=12, parallel=3, outcome=None, **settings):
        limits = Limits(retries=1, parallel=parallel, trials=settings.pop("most", None))
        self.sweep = Sweep(
            "s", Trainer("t"), SPACE, method="auto", trials=trials, limits=limits, metric=Metric("accuracy"), **settings
        )
        self.home, self.search, self.parallel = home, search, parallel
        self.service = FakeService(FakeClock(), outcome or self.outcome)
        self.warm = ()

    @staticmethod
    def outcome(job):
        """As long and as good as its x says: one in eight is preempted once, one in eight fails."""
        x = float(job.args[0].partition("=")[2])
        kind = int(x * 1e6) % 8
        if kind == 0 and job.attempt == 1:
            return Outcome(0.5 + x, Observation(State.FAILED, Reason.PREEMPTED))
        if kind == 1:
            return Outcome(0.5 + x, Observation(State.FAILED, Reason.CODE, code=1, note=f"ValueError: {x}"))
        return measured(x, seconds=0.5 + (x * 7919) % 2)

    def launch(self, boundary=None):
        boundary = boundary or Boundary()
        with open_ledger(self.home) as ledger:
            if ledger.sweep("s-1") is None:
                ledger.add_sweep(SweepRow("s-1", "s", 0.0))
            backend = CrashingBackend(FakeBackend(self.service, parallel=self.parallel), boundary)
            reconciler = Reconciler(self.work(), CrashingLedger(ledger, boundary), backend, self.service.clock)
            drive(reconciler, backend, self.service.clock, hand=Hand())
            self.ended_by = reconciler.ended_by()
        return boundary.passed

    def work(self):
        repeats = self.sweep.repeats.count
        return Work(
            self.sweep,
            "s-1",
            self.search.count * repeats,
            self.search.count,
            None,
            lambda trial: (f"--x={trial.point['x']}",),
            search=self.search,
            warm=self.warm,
        )

    def rows(self):
        with open_ledger(self.home) as ledger:
            found = [dataclasses.replace(row, started=None, ended=None, retry_at=None) for row in ledger.trials("s-1")]
        return sorted(found, key=lambda row: row.number)

    def told(self):
        with open_ledger(self.home) as ledger:
            return Known(self.work(), ledger).told()


def test_nothing_is_told_anew_while_nothing_changes(tmp_path):
    """Who asks whether a sweep has enough asks several times in each pass."""
    lab = Lab(tmp_path, Witness(4))
    lab.launch()
    with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as another:
        known = Known(lab.work(), ledger)
        before = known.told()
        assert known.told() is before
        another.update_trial("s-1", lab.rows()[0].id, retry_at=1.0)
        assert known.told()[0].state == "running"
        assert before[0].state != "running"


@pytest.mark.parametrize("repeats", [1, 2])
def test_a_crash_at_any_boundary_changes_no_proposal(tmp_path, repeats):
    def lab(name):
        return Lab(tmp_path / name, Witness(8), repeats=Repeats(repeats, "seed"), most=8 * repeats)

    whole = lab("whole")
    boundaries = whole.launch()
    expected = whole.rows()
    assert len(expected) == 8 * repeats
    for crash_at in range(1, boundaries + 1, repeats):
        one = lab(str(crash_at))
        with pytest.raises(Crash):
            one.launch(Boundary(crash_at))
        one.launch()
        assert one.rows() == expected, f"crashed at {crash_at}"
        assert sorted(one.service.jobs) == sorted(whole.service.jobs)


def test_nor_of_the_real_search(tmp_path):
    def lab(name):
        one = Lab(tmp_path / name, None, trials=16, parallel=2)
        one.search = make(one.sweep)
        return one

    whole = lab("whole")
    boundaries = whole.launch()
    expected = whole.rows()
    assert len(expected) == 16
    for crash_at in range(40, boundaries, boundaries // 4):
        one = lab(str(crash_at))
        with pytest.raises(Crash):
            one.launch(Boundary(crash_at))
        one.launch()
        assert one.rows() == expected


def test_a_place_that_is_free_is_filled_at_once_while_others_run(tmp_path):
    def outcome(job):
        return measured(0.5, seconds=100.0 if float(job.args[0].partition("=")[2]) > 0.5 else 1.0)

    lab = Lab(tmp_path, Witness(20), parallel=4, outcome=outcome)
    lab.launch()
    started = sorted(lab.service.started.values())
    ended = sorted(seen.ended for seen in lab.service.ended.values())
    assert [round(start - end, 3) for start, end in zip(started[4:], ended, strict=False)] == pytest.approx(
        [0.0] * 16, abs=0.6
    )


def test_all_runs_of_a_point_are_begun_one_after_another_and_it_is_told_their_mean(tmp_path):
    seeds = []

    def outcome(job):
        seeds.append(job.trial_id)
        return measured(0.25 if job.trial_id.endswith("-0") else 0.75)

    lab = Lab(tmp_path, Witness(3), repeats=Repeats(2, "seed"), outcome=outcome, parallel=1)
    lab.launch()
    assert [(row.number, row.repeat, row.seed) for row in lab.rows()] == [(n, n % 2, n % 2) for n in range(6)]
    assert [one.value for one in lab.told()] == [0.5] * 3


def test_more_trials_go_on_where_fewer_stopped(tmp_path):
    few, many = Lab(tmp_path / "few", Witness(4)), Lab(tmp_path / "many", Witness(9))
    few.launch()
    assert len(few.rows()) == 4
    few.search = Witness(9)
    few.launch()
    many.launch()
    assert len(few.rows()) == len(many.rows()) == 9


def test_limits_bound_an_adaptive_sweep_too(tmp_path):
    lab = Lab(tmp_path, Witness(9), most=5)
    lab.launch()
    assert len(lab.rows()) == 5


def test_a_trial_that_is_run_again_is_told_as_running_then_by_what_it_comes_to(tmp_path):
    lab = Lab(tmp_path, Witness(1), outcome=lambda job: measured(0.5 if job.attempt == 1 else 0.9))
    lab.launch()
    assert [(one.state, one.value) for one in lab.told()] == [("succeeded", 0.5)]
    with open_ledger(tmp_path) as ledger:
        ledger.update_trial("s-1", lab.rows()[0].id, retry_at=0.0)
    assert [(one.state, one.value) for one in lab.told()] == [("running", None)]
    lab.launch()
    assert [(one.state, one.value) for one in lab.told()] == [("succeeded", 0.9)]


def test_a_promoted_trial_is_told_by_its_last_value(tmp_path):
    # Two of three are stopped at the first rung; at the end the best of them runs on.
    def outcome(job):
        x = float(job.args[0].partition("=")[2])
        reports = tuple((float(step), Measurement("accuracy", x + step / 100, step)) for step in range(1, 10))
        return Outcome(9.5, Observation(State.SUCCEEDED, code=0), reports=reports)

    stopping = EarlyStopping("asha", min_steps=2, reduction=3, resumes=True)
    lab = Lab(tmp_path, Witness(7), outcome=outcome, early_stopping=stopping)
    lab.launch()
    known = {one.number: one.value for one in lab.told()}
    assert known == {row.number: row.metric for row in lab.rows()}
    assert any(row.attempt > 1 for row in lab.rows())


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Observation(State.SUCCEEDED, code=0), ("succeeded", None)),  # it has reported nothing
        (Observation(State.FAILED, Reason.CODE, code=1), ("failed", None)),
        (Observation(State.FAILED, Reason.OOM, code=-9), ("failed", None)),
        (Observation(State.FAILED, Reason.TIMEOUT), ("failed", None)),
        (Observation(State.FAILED, Reason.DIVERGED), ("failed", None)),
        (Observation(State.LOST), ("cancelled", None)),  # says nothing about the point
        (Observation(State.FAILED, Reason.PREEMPTED), ("cancelled", None)),
    ],
)
def test_what_a_search_is_told_of_a_trial_that_has_no_number(tmp_path, seen, told):
    lab = Lab(tmp_path, Witness(1), outcome=lambda job: Outcome(1.0, seen))
    lab.launch()
    assert [(one.state, one.value) for one in lab.told()] == [told]


def test_it_ends_when_nothing_has_got_better_for_so_long(tmp_path):
    lab = Lab(tmp_path, Witness(40), outcome=lambda job: measured(0.5), parallel=1, stop_when=StopWhen(5))
    lab.launch()
    assert len(lab.rows()) == 6
    assert lab.ended_by == "stop_when: the last 5 points were no better than the best before them"
    lab.sweep = dataclasses.replace(lab.sweep, stop_when=None)
    lab.search = Witness(8)
    lab.launch()
    assert len(lab.rows()) == 8
    assert lab.ended_by == ""


def test_a_space_that_is_used_up_ends_the_sweep(tmp_path):
    lab = Lab(tmp_path, None, trials=4)
    lab.sweep = dataclasses.replace(lab.sweep, space=Space((Parameter("x", Choices((0.1, 0.2, 0.3, 0.4))),)))
    lab.search = make(lab.sweep)
    lab.warm = (Told(-1, {"x": 0.2}, "succeeded", 0.2),)
    lab.launch()
    assert sorted(row.params["x"] for row in lab.rows()) == [0.1, 0.3, 0.4]
    assert lab.ended_by == "every point of the space has been tried"
