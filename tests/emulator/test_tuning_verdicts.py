"""What a trial and a study come to: by what was reported, how the program ended, and how many have failed."""

from __future__ import annotations

import json

import pytest

from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.tuning.outcome import concluded
from sweeper.emulator.tuning.reports import final, merged
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.stopping import hopeless
from sweeper.emulator.tuning.trial import Measurement, TrialState, TuningTrial
from sweeper.emulator.tuning.verdict import failed, given_up

SPEC = Spec((), "accuracy", True, stopping="median", max_trials=10, parallel=2)


def curve(*values, state=TrialState.ACTIVE, name="accuracy", number=1):
    measured = tuple(Measurement(step, float(step), {name: value}) for step, value in enumerate(values, 1))
    return TuningTrial("s", number, {}, state, 0, measurements=measured)


def child(phase, message=""):
    return Record("projects/p/trials", "s-1", {}, 0, 0, phase=phase, started=1, ended=2, message=message)


def line(step, value, name="accuracy"):
    return json.dumps({name: str(value), "global_step": str(step), "timestamp": 10.0 + step, "trial": "0"})


def test_reports_are_read_although_the_file_shrinks_and_its_last_line_is_half_there():
    first = merged((), f"{line(1, 0.5)}\n{line(2, 0.6)}\n" + line(3, 0.7)[:20], started=10.0)
    assert [(one.step, one.seconds, one.metrics) for one in first] == [
        (1, 1.0, {"accuracy": 0.5}),
        (2, 2.0, {"accuracy": 0.6}),
    ]
    more = merged(first, f"{line(2, 0.6)}\n{line(3, 0.7)}\n{line(3, 9, 'loss')}\nnonsense\n[1]\n", started=10.0)
    assert [one.metrics for one in more] == [{"accuracy": 0.5}, {"accuracy": 0.6}, {"accuracy": 0.7, "loss": 9.0}]


@pytest.mark.parametrize(("best", "maximize", "wanted"), [(False, True, 0.4), (True, True, 0.9), (True, False, 0.2)])
def test_the_last_or_the_best_finite_number_counts(best, maximize, wanted):
    measured = curve(0.9, 0.2, 0.4, float("nan"), float("inf")).measurements
    assert final(measured, "accuracy", best=best, maximize=maximize).metrics["accuracy"] == wanted
    assert final(measured, "loss", best=best, maximize=maximize) is None


OUTCOMES = [
    (curve(0.5), child(Phase.SUCCEEDED), TrialState.SUCCEEDED, ""),
    (curve(), child(Phase.SUCCEEDED), TrialState.INFEASIBLE, "has not reported the metric 'accuracy'."),
    (curve(1.0, name="acc"), child(Phase.SUCCEEDED), TrialState.INFEASIBLE, "'accuracy'; it has reported acc."),
    (curve(float("nan")), child(Phase.SUCCEEDED), TrialState.INFEASIBLE, "no finite number for the metric 'accuracy'"),
    (curve(0.5), child(Phase.FAILED, "exit 1"), TrialState.INFEASIBLE, "exit 1"),
    (curve(0.5), child(Phase.CANCELLED), TrialState.INFEASIBLE, "was cancelled"),
    (curve(0.5, state=TrialState.STOPPING), child(Phase.CANCELLED), TrialState.SUCCEEDED, ""),
]


@pytest.mark.parametrize(("trial", "ended", "state", "reason"), OUTCOMES)
def test_a_trial_is_feasible_if_it_has_ended_well_or_was_stopped_and_has_a_number(trial, ended, state, reason):
    found = concluded(trial, ended, SPEC)
    assert (found.state, found.stopped_early) == (state, state is TrialState.SUCCEEDED and trial.state == "stopping")
    assert reason in found.reason
    assert (found.final is None) == (state is TrialState.INFEASIBLE)


def test_a_trial_below_the_median_of_the_others_averages_is_hopeless():
    others = [curve(*values, state=TrialState.SUCCEEDED) for values in ((0.4, 0.8), (0.5, 0.7), (0.3, 0.9))]
    assert hopeless(curve(0.3, 0.59), others, SPEC)  # averages at step 2: 0.6 each
    assert not hopeless(curve(0.3, 0.61), others, SPEC)
    assert hopeless(curve(0.39), others, SPEC)  # averages at step 1: 0.3, 0.4, 0.5
    assert not hopeless(curve(0.4), others, SPEC)
    assert not hopeless(curve(0.1), others[:2], SPEC)
    assert not hopeless(curve(), others, SPEC)
    assert not hopeless(curve(0.1), others, Spec((), "accuracy", True))


def of(*states):
    return [curve(state=TrialState(word), number=number) for number, word in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("most", "states", "why"),
    [
        (0, ("infeasible",) * 2, ""),
        (0, ("infeasible",) * 3, "first 3 trials have all failed"),
        (0, ("succeeded", *("infeasible",) * 5), ""),
        (2, ("succeeded", "infeasible", "infeasible"), ""),
        (2, ("succeeded", *("infeasible",) * 3), "Too many trials have failed: 3, of which 2 are allowed"),
    ],
)
def test_a_study_is_given_up_after_too_many_failures(most, states, why):
    found = given_up(Spec((), "accuracy", True, parallel=2, max_failed=most), of(*states))
    assert why in found
    assert bool(why) == bool(found)


def test_a_study_without_a_feasible_trial_has_failed():
    assert "No trial has succeeded" in failed(Spec((), "accuracy", True), of("infeasible", "infeasible"))
    assert failed(Spec((), "accuracy", True), of("succeeded", "infeasible")) == ""
