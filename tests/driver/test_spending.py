"""Limits of running time and money: what would pass them is not started, what runs goes on to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweeper.backends.fake import FakeBackend, FakeService, Outcome, measured
from sweeper.clock import FakeClock
from sweeper.driver.drive import Hand, drive
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.spending import Cap, cap
from sweeper.driver.work import Work
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.times import durations, running_time
from sweeper.model import Limits, Observation, Reason, Space, State, Sweep, Trainer, Trial

TEN_SECONDS = 10 / 3600
DOLLAR_A_SECOND = 3600.0


def trial(number):
    return Trial(f"t{number:02}", number, f"t{number:02}", {"x": number})


def work(limits, *, price=DOLLAR_A_SECOND, sweep="s-1", trials=10, digest="d"):
    config = Sweep("s", Trainer("t"), Space(()), limits=limits)
    return Work(config, sweep, trials, trials, trial, lambda trial: (f"--x={trial.number}",), digest, price=price)


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)


class Lab:
    """A service whose jobs take ten seconds, and launches of sweeps on it."""

    def __init__(self, home):
        self.home = home
        self.clock = FakeClock()

    def launch(self, given, *, parallel=2, outcome=lambda job: measured(1.0, seconds=10.0)):
        self.service = FakeService(self.clock, outcome)
        with open_ledger(self.home) as ledger:
            if ledger.sweep(given.sweep_id) is None:
                ledger.add_sweep(SweepRow(given.sweep_id, given.sweep_id.partition("-")[0], 0.0))
            backend = FakeBackend(self.service, parallel=parallel)
            reconciler = Reconciler(given, ledger, backend, self.clock)
            drive(reconciler, backend, self.clock, hand=Hand())
            states = {row.state for row in ledger.trials(given.sweep_id)}
            assert states <= {State.SUCCEEDED, State.FAILED, State.LOST}
            self.said = reconciler.stopped_by()
        return sorted(job.trial_id for job in self.service.jobs.values())


def test_only_what_the_money_is_enough_for_is_started(lab):
    assert lab.launch(work(Limits(cost=50.0))) == ["t00", "t01", "t02", "t03", "t04"]
    assert lab.said == "limits.cost: 50.00 of 50 USD"


def test_what_would_pass_the_limit_is_not_started(lab):
    assert len(lab.launch(work(Limits(cost=45.0)))) == 4
    assert lab.said == "limits.cost: 40.00 of 45 USD"


def test_running_time_is_limited_in_the_same_way(lab):
    assert len(lab.launch(work(Limits(hours=3 * TEN_SECONDS), price=0.0))) == 3
    assert lab.said == "limits.hours: 0.00833 of 0.00833 hours of running time"


def test_a_limit_that_is_not_reached_is_not_spoken_of(lab):
    assert len(lab.launch(work(Limits(cost=100.0, hours=1)))) == 10
    assert lab.said == ""
    assert len(lab.launch(work(Limits(cost=0.01), price=0.0, sweep="free-1"))) == 10


def test_what_earlier_launches_spent_counts(lab):
    lab.launch(work(Limits(cost=20.0)))
    assert lab.launch(work(Limits(cost=20.0))) == []
    assert lab.said == "limits.cost: 20.00 of 20 USD"
    assert lab.launch(work(Limits(cost=40.0))) == ["t02", "t03"]


def test_a_job_that_runs_and_runs_uses_up_the_limit_and_is_left_alone(lab):
    def outcome(job):
        return measured(1.0, seconds=100.0 if job.trial_id == "t00" else 10.0)

    started = lab.launch(work(Limits(cost=100.0)), outcome=outcome)
    assert started == ["t00", "t01", "t02", "t03", "t04", "t05"]  # 50 s of the first, and five of 10 s beside it
    assert lab.said == "limits.cost: 150.00 of 100 USD"


def test_all_attempts_of_a_trial_count(lab):
    preempted = Outcome(10.0, Observation(State.FAILED, Reason.PREEMPTED))
    started = lab.launch(
        work(Limits(cost=30.0, retries=5)),
        parallel=1,
        outcome=lambda job: preempted if job.attempt < 3 else measured(1),
    )
    assert len(started) == 3


def test_a_lost_job_has_cost_something_too(lab):
    lost = Outcome(10.0, Observation(State.LOST))
    assert len(lab.launch(work(Limits(cost=20.0, retries=0)), parallel=1, outcome=lambda job: lost)) == 2


def test_before_the_first_has_ended_other_sweeps_of_the_same_code_tell_how_long_they_take(lab):
    assert len(lab.launch(work(Limits(cost=30.0)), parallel=100)) == 10  # nothing to go by: all at once
    assert len(lab.launch(work(Limits(cost=30.0), sweep="other-1"), parallel=100)) == 3
    assert len(lab.launch(work(Limits(cost=30.0), sweep="third-1", digest="changed"), parallel=100)) == 10


@pytest.mark.parametrize(
    ("limits", "price", "expected"),
    [
        (Limits(), 1.0, None),
        (Limits(hours=2), 0.0, Cap("limits.hours", 7200)),
        (Limits(cost=10), 0.0, None),  # what costs nothing has no end
        (Limits(cost=10), 5.0, Cap("limits.cost", 7200)),
        (Limits(cost=10, hours=1), 5.0, Cap("limits.hours", 3600)),
        (Limits(cost=10, hours=3), 5.0, Cap("limits.cost", 7200)),
    ],
)
def test_the_limit_that_is_reached_first_counts(limits, price, expected):
    assert cap(limits, price) == expected


def test_the_ledger_tells_how_long_jobs_ran(lab):
    lab.launch(work(Limits(), trials=3), outcome=lambda job: measured(1.0, seconds=10.0 + int(job.trial_id[1:])))
    failed = Outcome(5.0, Observation(State.FAILED, Reason.CODE, code=1, note="no"))
    lab.launch(replace(work(Limits(), trials=1, sweep="bad-1")), outcome=lambda job: failed)
    with open_ledger(lab.home) as ledger:
        assert running_time(ledger, "s-1") == (33.0, 3)
        assert running_time(ledger, "bad-1") == (5.0, 1)
        assert running_time(ledger, "none-1") == (0.0, 0)
        assert sorted(durations(ledger, "d", "local")) == [10.0, 11.0, 12.0]
        assert durations(ledger, "d", "vertex") == []
        assert durations(ledger, "other", "local") == []
        ledger.update_sweep("s-1", settings={"smoke": True})  # its trials were ended at once
        assert durations(ledger, "d", "local") == []
