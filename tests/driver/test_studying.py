"""One study of a tuning service under the driver: one tuning job whatever happens, its trials rows like any others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from crashing import Boundary, Crash, CrashingBackend, CrashingLedger
from study_service import Client, Service

from sweeper.clock import FakeClock
from sweeper.driver.asked import Asked, Dictionary, Words
from sweeper.driver.drive import Hand, drive
from sweeper.driver.study_launch import adopt
from sweeper.driver.studying import StudyReconciler
from sweeper.driver.work import Work
from sweeper.formats.study import Axis, Study
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import StudyRow, SweepRow
from sweeper.model import Limits, Measurement, Observation, Range, Reason, Space, State, Sweep, Trainer

ID = "s-1"
DICTIONARY = Dictionary(("--epochs=3",), {"x": Words("x", integer=True)}, {"epochs": 3})
STUDY = Study((Axis("x", Range(1, 100, integer=True)),), "accuracy", "maximize", "service", 0, 3)
DOLLAR_A_SECOND = 3600.0


def work(trials=7, *, limits=None, price=0.0):
    sweep = Sweep("s", Trainer("t"), Space(()), method="service", limits=limits or Limits())
    return Work(sweep, ID, trials, trials, None, None, price=price, durable=True)


class Lab:
    """A service, a ledger, and launches."""

    def __init__(self, home, **service):
        self.home = home
        self.clock = FakeClock()
        self.service = Service(self.clock, **service)

    def launch(self, given=None, *, client=None, study=STUDY, hand=None, show=lambda _: None, wrap=lambda one: one):
        given = given or work()
        client = wrap(client or Client(self.service))
        with open_ledger(self.home) as ledger:
            if ledger.sweep(ID) is None:
                ledger.add_sweep(SweepRow(ID, "s", 0.0, total=given.total, settings={"asked": DICTIONARY.as_json()}))
            asked = Asked(replace(study, trials=given.planned), DICTIONARY)
            passes = StudyReconciler(given, wrap(ledger), client, self.clock, dictionary=DICTIONARY, asked=asked)
            drive(passes, client, self.clock, hand=hand or Hand(), show=show)
            self.limited = passes.stopped_by()
            return passes

    def ledger(self):
        return open_ledger(self.home)

    def rows(self):
        with self.ledger() as ledger:
            return [(one.id, one.state, one.metric) for one in ledger.trials(ID)]

    def studies(self):
        with self.ledger() as ledger:
            return [(one.attempt, one.state, one.trials, one.resume, one.cancel) for one in ledger.studies(ID)]


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)


DONE = [(str(n), State.SUCCEEDED, (n * 7 % 11) / 11) for n in range(1, 8)]


def test_the_trials_of_a_study_become_rows_with_points_arguments_times_and_metrics(lab):
    passes = lab.launch()
    assert lab.rows() == DONE
    assert lab.studies() == [(1, State.SUCCEEDED, 7, "", "")]
    assert (passes.tally.best, passes.tally.best_trial, passes.tally.ended) == (10 / 11, "3", 7)
    with lab.ledger() as ledger:
        third = ledger.trial(ID, "3")
        assert (third.number, third.params, third.ended - third.started) == (3, {"epochs": 3, "x": 3}, 10.0)
        [job] = ledger.jobs(ID, "3")
        assert (job.args, job.handle) == (("--epochs=3", "--x=3"), "s-1.study.1/trials/3")
        assert [event.after for event in ledger.events(ID, "3")][:2] == [State.SUBMITTING, State.QUEUED]


def test_a_second_launch_of_what_is_done_asks_for_nothing(lab):
    lab.launch()
    lab.launch()
    assert lab.service.creates == 1


def test_more_trials_are_asked_of_a_second_study_that_goes_on_from_the_first(lab):
    lab.launch()
    lab.launch(work(9))
    assert lab.studies() == [(1, State.SUCCEEDED, 7, "", ""), (2, State.SUCCEEDED, 2, "s-1.study.1", "")]
    assert [row[0] for row in lab.rows()][7:] == ["2-1", "2-2"]


@pytest.mark.parametrize("lose", [0, 1, 3])
def test_a_lost_reply_makes_no_second_study(lab, lose):
    lab.launch(client=Client(lab.service, lose=lose))
    assert (lab.service.creates, lab.rows()) == (1, DONE)


def test_killed_at_any_boundary_it_comes_to_the_same_one_study(tmp_path):
    crash_at, whole = 0, None
    while whole is None:
        crash_at += 1
        lab = Lab(tmp_path / str(crash_at))
        boundary = Boundary(crash_at)

        def wrap(one, boundary=boundary):
            return CrashingBackend(one, boundary) if isinstance(one, Client) else CrashingLedger(one, boundary)

        try:
            lab.launch(wrap=wrap)
            whole = crash_at
        except Crash:
            lab.launch()
        assert (lab.service.creates, lab.rows()) == (1, DONE), crash_at
        assert lab.studies() == [(1, State.SUCCEEDED, 7, "", "")]
    assert whole > 60


def test_a_stop_ends_the_study_and_the_next_launch_asks_for_what_is_missing(lab):
    hand = Hand()

    def show(passes):
        if lab.clock.now() > lab.service.jobs["s-1.study.1"].created + 15 and not hand.stop:
            hand.press()

    lab.launch(hand=hand, show=show, client=Client(lab.service, deaf=2))
    states = [state for _, state, _ in lab.rows()]
    assert states == [State.SUCCEEDED] * 3 + [State.CANCELLED] * 3
    assert lab.studies() == [(1, State.CANCELLED, 7, "", "user")]
    lab.launch()
    assert lab.studies()[1] == (2, State.SUCCEEDED, 4, "s-1.study.1", "")
    assert [state for _, state, _ in lab.rows()].count(State.SUCCEEDED) == 7


def test_a_study_that_was_intended_and_cancelled_before_it_was_asked_for_is_not_started(lab):
    with lab.ledger() as ledger:
        ledger.add_sweep(SweepRow(ID, "s", 0.0, total=7))
        ledger.begin_study(StudyRow(ID, 1, trials=7, cancel="user"))
    hand = Hand()
    hand.press()
    lab.launch(hand=hand)
    assert (lab.service.creates, lab.studies()) == (0, [(1, State.CANCELLED, 7, "", "user")])


def test_trials_that_fail_alike_at_the_start_end_the_study(tmp_path):
    lab = Lab(tmp_path, outcome=lambda n: Observation(State.FAILED, Reason.CODE, note=f"ValueError: trial {n}"))
    passes = lab.launch()
    assert "the first 3 trials failed in the same way" in passes.tally.halted
    assert lab.studies() == [(1, State.CANCELLED, 7, "", "halt")]
    with lab.ledger() as ledger:
        assert ledger.next_due(ID) is None  # nobody could run them again
        assert ledger.sweep(ID).state == "halted"


def test_a_study_that_the_service_gives_up_is_told_with_its_words(tmp_path):
    odd = {2: "a", 3: "b", 5: "c"}

    def outcome(n):
        failed = Observation(State.FAILED, Reason.CODE, note=odd.get(n, ""))
        return failed if n in odd else Observation(State.SUCCEEDED, measurements=(Measurement("accuracy", 0.5),))

    lab = Lab(tmp_path, outcome=outcome, broken="too many trials failed")
    passes = lab.launch(study=replace(STUDY, max_failed=2))
    assert passes.tally.halted == "the tuning job is failed: too many trials failed"
    with lab.ledger() as ledger:
        assert ledger.sweep(ID).note == passes.tally.halted


def test_a_study_in_which_nobody_reports_the_metric_says_so_and_what_was_seen(tmp_path):
    lab = Lab(tmp_path, outcome=lambda n: Observation(State.SUCCEEDED, measurements=(Measurement("acc", 0.5),)))
    lab.launch()
    with lab.ledger() as ledger:
        assert ledger.sweep(ID).note == "no trial has reported accuracy; what they reported: acc"


def test_at_a_limit_the_study_is_ended(lab):
    given = work(12, limits=Limits(cost=45.0), price=DOLLAR_A_SECOND)
    lab.launch(given)
    assert lab.studies() == [(1, State.CANCELLED, 12, "", "limit")]
    assert "limits.cost" in lab.limited
    lab.launch(given)
    assert lab.service.creates == 1


def test_a_machine_that_knows_nothing_takes_over_what_another_has_asked_for(lab, tmp_path):
    lab.launch()
    lab.launch(work(9))
    elsewhere = Lab(tmp_path / "elsewhere")
    with elsewhere.ledger() as ledger:
        ledger.add_sweep(SweepRow(ID, "s", 0.0, total=9))
        assert adopt(ledger, work(9), Client(lab.service), lab.clock, DICTIONARY) == 2
        assert adopt(ledger, work(9), Client(lab.service), lab.clock, DICTIONARY) == 0
    assert elsewhere.rows() == lab.rows()
    assert [row[:2] for row in elsewhere.studies()] == [(1, State.SUCCEEDED), (2, State.SUCCEEDED)]


def test_a_stopped_trial_counts_with_its_best_measurement(tmp_path):
    early = Observation(
        State.SUCCEEDED,
        Reason.STOPPED_EARLY,
        measurements=(Measurement("accuracy", 0.9, 1), Measurement("accuracy", 0.4, 2)),
    )
    lab = Lab(tmp_path, outcome=lambda n: early)
    lab.launch(work(1))
    assert lab.rows() == [("1", State.SUCCEEDED, 0.9)]
