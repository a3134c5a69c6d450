"""What stopping early has saved, worked out by hand."""

import pytest

from sweeper.ledger import open_ledger
from sweeper.ledger.rows import JobRow, SweepRow, TrialRow
from sweeper.model import Measurement, Reason, State
from sweeper.results.saved import saved


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as opened:
        opened.add_sweep(SweepRow("s", "s", 0.0))
        yield opened


def trial(ledger, name, steps, *, reason=Reason.NONE, state=State.SUCCEEDED, seconds=0.0):
    """One that took so many seconds for its steps."""
    ledger.put_trial(TrialRow("s", name, 0, name))
    ledger.put_job(JobRow("s", name, 1, state, reason, started=100.0, ended=100.0 + seconds))
    ledger.add_measurements("s", name, [Measurement("accuracy", step / 100, step) for step in range(1, steps + 1)])
    ledger.add_measurements("s", name, [Measurement("noise", 0.0, 1000)])


def test_steps_and_hours_are_those_that_the_others_took(ledger):
    trial(ledger, "whole", 50, seconds=3600)
    trial(ledger, "early", 10, reason=Reason.STOPPED_EARLY, seconds=720)
    trial(ledger, "earlier", 2, reason=Reason.STOPPED_EARLY, seconds=144)
    trial(ledger, "broken", 7, reason=Reason.CODE, state=State.FAILED, seconds=999)
    found = saved(ledger, "s", "accuracy")
    assert (found.trials, found.steps) == (2, 40 + 48)
    assert found.hours == pytest.approx(88 / 50)


def test_the_config_may_say_how_far_a_trial_goes(ledger):
    trial(ledger, "early", 10, reason=Reason.STOPPED_EARLY, seconds=10)
    assert saved(ledger, "s", "accuracy").steps is None
    assert saved(ledger, "s", "accuracy", max_steps=30).steps == 20


def test_trials_of_different_lengths_count_with_their_mean(ledger):
    trial(ledger, "long", 40, seconds=40)
    trial(ledger, "short", 20, seconds=20)
    trial(ledger, "early", 5, reason=Reason.STOPPED_EARLY, seconds=5)
    assert saved(ledger, "s", "accuracy").steps == 25


def test_where_nothing_was_stopped_nothing_was_saved(ledger):
    trial(ledger, "whole", 50, seconds=50)
    assert saved(ledger, "s", "accuracy") is None
