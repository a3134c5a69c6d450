"""What a launcher does with a stopping rule, over a fake service and a clock that stands still."""

import dataclasses
import math

import pytest
from stopping_lab import DONE, Lab, going

from sweeper.backends.fake import Outcome
from sweeper.model import Measurement, Observation, Reason, State

EARLY = ("succeeded", "stopped_early")
WHOLE = ("succeeded", "")


def rising(to, steps=12):
    return [round(to * step / steps, 6) for step in range(1, steps + 1)]


FOUR = {0: rising(0.9), 1: rising(0.3), 2: rising(0.5), 3: rising(0.95)}


def test_the_worse_trials_are_stopped_and_count_with_their_best(tmp_path):
    lab = Lab(tmp_path, FOUR, rule="asha")
    lab.launch()
    assert lab.ends() == {"t0": WHOLE, "t1": EARLY, "t2": EARLY, "t3": WHOLE}
    rows = lab.rows()
    assert (rows["t0"].metric, rows["t3"].metric) == (0.9, 0.95)
    assert rows["t1"].metric == pytest.approx(0.3 * lab.steps("t1") / 12)
    assert lab.steps("t1") < 5
    assert rows["t1"].note == "not among the best 1 of 2 at step 2"
    assert [attempt for attempt, _, _ in lab.events("t1")] == [1, 1, 1, 1]


def test_without_early_stopping_all_run_to_their_end(tmp_path):
    lab = Lab(tmp_path, FOUR)
    lab.launch()
    assert set(lab.ends().values()) == {WHOLE}


def test_a_trial_that_ended_before_it_could_be_stopped_has_ended_by_itself(tmp_path):
    lab = Lab(tmp_path, {0: [0.9] * 12, 1: [0.1, 0.1]}, rule="asha")
    lab.launch()
    assert lab.ends()["t1"] in (WHOLE, EARLY)
    lab = Lab(tmp_path / "quick", {0: [0.9] * 12, 1: going([0.1, 0.1], seconds=2.0)}, rule="asha")
    lab.launch()
    assert lab.ends()["t1"] == WHOLE


def test_a_trial_that_is_promoted_goes_on_as_its_next_attempt(tmp_path):
    curves = {0: rising(0.7), 1: rising(0.9), 2: rising(0.3), 3: rising(0.2), 4: rising(0.1), 5: rising(0.1)}
    lab = Lab(tmp_path, curves, rule="asha", resumes=True, max_steps=12)
    lab.launch()
    rows = lab.rows()
    assert rows["t1"].attempt > 1
    assert (1, "succeeded", "not among the best of 2 at step 2") in lab.events("t1")
    assert (2, "submitting", "promoted") in lab.events("t1")
    assert lab.ends()["t1"] == WHOLE
    assert {trial for trial, row in rows.items() if row.attempt == 1} >= {"t2", "t3", "t4", "t5"}
    assert all(row.state is State.SUCCEEDED and row.retry_at is None for row in rows.values())


def test_the_best_one_runs_to_its_end_though_too_few_are_left_to_be_better_than(tmp_path):
    lab = Lab(tmp_path, {0: rising(0.7), 1: rising(0.9)}, rule="asha", resumes=True)
    lab.launch()
    assert lab.ends() == {"t0": EARLY, "t1": WHOLE}
    assert lab.rows()["t1"].metric == 0.9


def test_promotions_are_no_retries(tmp_path):
    """The limit of one retry is for what fails, and a trial may be promoted more often than that."""
    last = lambda job: going(rising(0.9), seconds=5.0, end=LOST) if job.attempt == 3 else rising(0.9)  # noqa: E731
    curves = {0: last, **{n: rising(0.5 - n / 100) for n in range(1, 12)}}
    lab = Lab(tmp_path, curves, rule="asha", resumes=True)
    lab.launch()
    attempts = {attempt: state for attempt, state, _ in lab.events("t0")}
    assert attempts[1] == attempts[2] == "succeeded"
    assert "failed" in attempts.values()
    assert lab.ends()["t0"][0] == "succeeded"


LOST = Observation(State.FAILED, Reason.PREEMPTED, note="the machine was taken back")


def test_a_trial_whose_metric_is_no_number_any_more_has_failed(tmp_path):
    lab = Lab(tmp_path, {0: [0.5] * 10, 1: [0.5, 0.6, math.nan, *[math.nan] * 30]}, rule="none")
    lab.launch()
    assert lab.ends() == {"t0": WHOLE, "t1": ("failed", "diverged")}
    assert lab.rows()["t1"].note.startswith("accuracy was nan at step ")
    assert lab.steps("t1") < 10


def test_a_trial_that_diverged_is_not_run_again_by_itself_and_stops_no_sweep(tmp_path):
    lab = Lab(tmp_path, {**{n: [math.inf] * 20 for n in range(7)}, 7: [0.5] * 3}, code_retries=1, rule="none")
    lab.launch()
    assert {row.attempt for row in lab.rows().values()} == {1}
    assert {end for trial, end in lab.ends().items() if trial != "t7"} == {("failed", "diverged")}
    assert lab.ends()["t7"] == WHOLE


def test_a_person_may_run_it_again_and_what_it_had_reported_before_does_not_end_it(tmp_path):
    old, new = Measurement("accuracy", math.nan, 1), Measurement("accuracy", 0.7, 2)
    mended = Outcome(9.0, DONE, reports=((0.0, old), (5.0, new)))
    lab = Lab(tmp_path, {0: lambda job: mended if job.attempt > 1 else going([math.nan] * 20)}, rule="none")
    lab.launch()
    lab.retry("t0")
    lab.launch()
    assert (lab.ends()["t0"], lab.rows()["t0"].metric) == (WHOLE, 0.7)


def test_with_other_settings_those_that_would_not_have_been_stopped_go_on(tmp_path):
    lab = Lab(tmp_path, FOUR, rule="asha", resumes=True)
    lab.launch()
    assert EARLY in lab.ends().values()
    lab.again(rule="asha", resumes=True, min_steps=100)
    lab.launch()
    assert set(lab.ends().values()) == {WHOLE}


def test_a_trial_that_reports_nothing_for_too_long_has_failed(tmp_path):
    curves = {0: going([0.5, 0.6], seconds=500.0), 1: Outcome(500.0, DONE), 2: going([0.1] * 120)}
    lab = Lab(tmp_path, curves, rule="none", stall=60.0)
    lab.launch()
    assert lab.ends() == {"t0": ("failed", "stalled"), "t1": ("failed", "stalled"), "t2": WHOLE}
    rows = lab.rows()
    assert rows["t1"].note == "it reported nothing for 60 s"
    assert 60 <= rows["t1"].ended - rows["t1"].started < 62
    assert 62 <= rows["t0"].ended - rows["t0"].started < 64  # counted from its last report


def test_one_that_was_silent_while_nobody_looked_gets_its_time_again(tmp_path):
    lab = Lab(tmp_path, {0: Outcome(500.0, DONE)}, parallel=1, rule="none", stall=60.0)
    lab.crash(24)
    lab.service.clock.move(59.0)
    lab.launch()
    row = lab.rows()["t0"]
    assert row.reason is Reason.STALLED
    assert 119 <= row.ended - row.started < 122


class Deaf:
    """A backend that forgets to cancel, as one does whose launcher is killed before it could ask."""

    def __init__(self, backend):
        self._backend = backend

    def __getattr__(self, name):
        return (lambda *_: None) if name == "cancel" else getattr(self._backend, name)


def test_a_wish_that_nobody_has_acted_on_is_acted_on_by_the_next_launcher(tmp_path):
    lab = Lab(tmp_path, FOUR, rule="asha")
    for boundary in range(1, 400):
        lab.crash(boundary, backend=Deaf)
        if any(job.cancel for job in live(lab)):
            break
    [wish] = [job for job in live(lab) if job.cancel]
    lab.launch()
    assert (wish.cancel, lab.ends()[wish.trial]) == ("stopped_early", EARLY)


def test_a_trial_is_asked_once_however_long_it_takes_to_end(tmp_path):
    asked = []

    class Slow(Deaf):
        def __getattr__(self, name):
            return (lambda *one: asked.append(one)) if name == "cancel" else getattr(self._backend, name)

    lab = Lab(tmp_path, {0: Outcome(90.0, DONE)}, parallel=1, rule="none", stall=60.0)
    lab.launch(backend=Slow)
    assert len(asked) == 1
    assert lab.ends()["t0"] == WHOLE


def live(lab):
    from sweeper.ledger.ledger import open_ledger

    with open_ledger(lab.home) as ledger:
        return ledger.live_jobs("digits-1")


def settled(lab):
    """What must not depend on where a launcher died."""
    return {
        trial: dataclasses.replace(row, started=None, ended=None, retry_at=None) for trial, row in lab.rows().items()
    }


SIX = {0: rising(0.7), 1: rising(0.9), 2: rising(0.3), 3: [0.1, math.nan, *[math.nan] * 20], 4: Outcome(99.0, DONE)}


@pytest.mark.parametrize("resumes", [False, True])
def test_a_crash_at_any_boundary_changes_no_decision(tmp_path, resumes):
    settings = {"rule": "asha", "resumes": resumes, "stall": 20.0}
    undisturbed = Lab(tmp_path / "undisturbed", SIX, **settings)
    boundaries = undisturbed.launch()
    expected, jobs = settled(undisturbed), sorted(undisturbed.service.jobs)
    assert {row.reason for row in expected.values()} >= {Reason.STOPPED_EARLY, Reason.DIVERGED, Reason.STALLED}
    assert boundaries > 150
    for boundary in range(1, boundaries + 1, 4):
        lab = Lab(tmp_path / str(boundary), SIX, **settings)
        lab.crash(boundary)
        lab.launch()
        assert settled(lab) == expected, f"crashed at {boundary}"
        assert sorted(lab.service.jobs) == jobs, f"crashed at {boundary}"
