"""What is put into the ledger comes back the same, and is found by what a person types."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.errors import LedgerError, UserError
from sweeper.ledger import SweepRow, TrialRow, open_ledger
from sweeper.ledger.codec import metric_from_json
from sweeper.model import Measurement, Metric, Reason, State

SWEEP = SweepRow("digits-1a2b", "digits", 10.0, total=3)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path / ".sweeper") as ledger:
        ledger.add_sweep(SWEEP)
        yield ledger


def trial(id="abc", number=0, **fields):
    return TrialRow(SWEEP.id, id, number, id.split("-")[0], **fields)


def test_a_sweep_comes_back_as_it_was(ledger):
    row = SweepRow(
        *(
            "x-1",
            "x",
            2.5,
            "name: é\n",
            "configs/x.yaml",
            "local",
            {"parallel": 4, "fresh": None},
            "d1",
            "halted",
            "why",
        ),
        metric=Metric("loss", "minimize", "best", "stdout", r"loss=(?P<value>\S+)"),
        total=10**12,
    )
    ledger.add_sweep(row)
    assert ledger.sweep("x-1") == row
    assert ledger.sweep("x-2") is None


def test_sweeps_are_listed_newest_first(ledger):
    ledger.add_sweep(SweepRow("b-1", "b", 30.0))
    ledger.add_sweep(SweepRow("c-1", "c", 20.0))
    assert [row.id for row in ledger.sweeps()] == ["b-1", "c-1", SWEEP.id]


def test_a_sweep_id_is_taken_once(ledger):
    with pytest.raises(LedgerError, match="exists already"):
        ledger.add_sweep(replace(SWEEP, note="another"))
    assert ledger.sweep(SWEEP.id) == SWEEP


def test_an_update_changes_what_it_names_alone(ledger):
    ledger.update_sweep(SWEEP.id, state="done", settings={"a": [1]}, metric=Metric("loss"))
    assert ledger.sweep(SWEEP.id) == replace(SWEEP, state="done", settings={"a": [1]}, metric=Metric("loss"))
    with pytest.raises(LedgerError, match="no sweep nope"):
        ledger.update_sweep("nope", state="done")
    with pytest.raises(TypeError, match="colour"):
        ledger.update_sweep(SWEEP.id, colour="red")


FIND_SWEEP = [
    ("digits-1a2b", "digits-1a2b"),  # an id
    ("digits", "digits-9f"),  # a name: its newest
    ("digits-1", "digits-1a2b"),  # the start of one id
    ("mn", "mnist-77"),
]


@pytest.mark.parametrize(("text", "id"), FIND_SWEEP)
def test_a_sweep_is_found_by_what_a_person_types(ledger, text, id):
    ledger.add_sweep(SweepRow("digits-9f", "digits", 20.0))
    ledger.add_sweep(SweepRow("mnist-77", "mnist", 5.0))
    assert ledger.find_sweep(text).id == id


def test_a_sweep_that_is_not_there_is_answered_with_the_nearest(ledger):
    ledger.add_sweep(SweepRow("mnist-77", "mnist", 5.0))
    with pytest.raises(UserError, match="no sweep is called 'minst'\n  one of mnist"):
        ledger.find_sweep("minst")
    with pytest.raises(UserError, match="no sweep is called ''"):
        ledger.find_sweep("")


def test_the_start_of_two_sweeps_is_refused(ledger):
    ledger.add_sweep(SweepRow("digits-1a99", "digits", 20.0))
    with pytest.raises(UserError, match="'digits-1a' fits 2 sweeps\n  one of digits-1a99, digits-1a2b"):
        ledger.find_sweep("digits-1a")


def test_without_a_sweep_there_is_none_to_find(tmp_path):
    with open_ledger(tmp_path) as ledger, pytest.raises(UserError, match="none yet"):
        ledger.find_sweep("digits")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(params=st.dictionaries(st.text(min_size=1), VALUES, max_size=4), seed=st.integers())
def test_parameters_and_seeds_of_any_kind_come_back(tmp_path_factory, params, seed):
    with open_ledger(tmp_path_factory.getbasetemp() / "params") as ledger:
        ledger.put_trial(trial(params=params, seed=seed))
        back = ledger.trial(SWEEP.id, "abc")
    assert back.params == params
    assert [type(value) for value in back.params.values()] == [type(value) for value in params.values()]
    assert list(back.params) == list(params)
    assert back.seed == seed


def test_a_trial_comes_back_as_it_was(ledger):
    row = trial(
        *("abc-1", 7),
        params={"units": (64, 32), "rate": 1e-05, "flag": True, "none": None},
        repeat=1,
        seed=2**80,
        removed=True,
        metric=math.inf,
        metric_note="n",
        digest="d",
        retry_at=5.5,
        attempt=2,
        state=State.FAILED,
        reason=Reason.OOM,
        started=1.0,
        ended=2.0,
        code=-9,
        note="killed",
    )
    ledger.put_trial(row)
    assert ledger.trial(SWEEP.id, "abc-1") == row


def test_a_note_that_is_not_unicode_is_kept_as_an_escape(ledger):
    ledger.put_trial(trial(note="caf\udce9"))
    assert ledger.trial(SWEEP.id, "abc").note == "caf\\udce9"


def test_a_nan_metric_is_no_metric_and_says_so(ledger):
    ledger.put_trial(trial())
    ledger.set_metric(SWEEP.id, "abc", math.nan, "last")
    back = ledger.trial(SWEEP.id, "abc")
    assert (back.metric, back.metric_note) == (None, "nan")
    ledger.set_metric(SWEEP.id, "abc", 0.5, "")
    assert ledger.trial(SWEEP.id, "abc").metric == 0.5


def test_trials_come_in_the_order_of_their_numbers(ledger):
    ledger.put_trials(trial(f"id{9 - n}", n) for n in (3, 1, 2, 0))
    assert [row.number for row in ledger.trials(SWEEP.id)] == [0, 1, 2, 3]
    assert list(ledger.trials("other")) == []


def test_an_update_of_a_trial_leaves_its_state_alone(ledger):
    ledger.put_trial(trial())
    ledger.update_trial(SWEEP.id, "abc", number=5, params={"a": (1,)}, digest="d2", retry_at=4.0)
    expected = trial("abc", 5, params={"a": (1,)}, digest="d2", retry_at=4.0)
    assert ledger.trial(SWEEP.id, "abc") == expected
    with pytest.raises(TypeError, match="state"):
        ledger.update_trial(SWEEP.id, "abc", state=State.FAILED)
    with pytest.raises(LedgerError, match="no trial zzz"):
        ledger.update_trial(SWEEP.id, "zzz", number=1)


FIND_TRIAL = [
    ("a1b2", "a1b2"),  # an id
    ("a1", "a1b2"),  # the start of one id
    ("#2", "12cd"),  # a number
    ("2", "12cd"),
    ("12", "12cd"),  # no trial has this number, one id starts with it
    ("1", "12ab"),  # the number goes before the start of an id
]


@pytest.mark.parametrize(("text", "id"), FIND_TRIAL)
def test_a_trial_is_found_by_what_a_person_types(ledger, text, id):
    ledger.put_trials([trial("a1b2", 0), trial("12ab", 1), trial("12cd", 2)][:: 1 if text != "12" else 2])
    assert ledger.find_trial(SWEEP.id, text).id == id


@pytest.mark.parametrize(
    ("text", "said"), [("a", "fits more than one"), ("zz", "no trial 'zz'"), ("#9", "no trial '#9'")]
)
def test_a_trial_that_is_not_clear_is_refused(ledger, text, said):
    ledger.put_trials([trial("a1", 0), trial("a2", 1)])
    with pytest.raises(UserError, match=said):
        ledger.find_trial(SWEEP.id, text)
    with pytest.raises(UserError):
        ledger.find_trial(SWEEP.id, "")


def test_known_ids_are_told_from_new_ones(ledger):
    ledger.put_trials([trial("a", 0), trial("b", 1)])
    assert ledger.trial_ids_exist(SWEEP.id, ["b", "c", "it's"]) == {"b"}
    assert ledger.trial_ids_exist(SWEEP.id, []) == set()
    assert ledger.trial_ids_exist("other", ["b"]) == set()


def test_due_trials_are_given_out_longest_due_first(ledger):
    ledger.put_trials(trial(f"t{n}", n, retry_at=at) for n, at in enumerate([30.0, 10.0, None, 20.0]))
    ledger.put_trial(trial("gone", 9, retry_at=1.0, removed=True))
    assert [row.id for row in ledger.due(SWEEP.id, 20.0, 5)] == ["t1", "t3"]
    assert [row.id for row in ledger.due(SWEEP.id, 99.0, 1)] == ["t1"]
    assert ledger.next_due(SWEEP.id) == 10.0
    assert ledger.next_due("other") is None


def test_a_number_that_arrives_twice_counts_once(ledger):
    first = [Measurement("a", 0.5, 1, 7.0), Measurement("a", math.nan, 2), Measurement("a", math.inf, 3)]
    assert ledger.add_measurements(SWEEP.id, "abc", first) == 3
    again = [
        Measurement("a", 0.5, 1, 9.0),
        Measurement("a", math.nan, 2),
        Measurement("b", 0.5, 1),
        Measurement("a", 0.6, 1),
    ]
    assert ledger.add_measurements(SWEEP.id, "abc", again) == 2
    assert ledger.add_measurements(SWEEP.id, "abc", []) == 0
    found = [m for _, m in ledger.measurements(SWEEP.id, "abc")]
    assert repr(found) == repr([*first, *again[2:]])


def test_measurements_are_read_by_trial_and_metric_in_order(ledger):
    ledger.add_measurements(SWEEP.id, "t2", [Measurement("a", 1.0), Measurement("b", 2.0)])
    ledger.add_measurements(SWEEP.id, "t1", [Measurement("a", 3.0, step=2**70)])
    everything = [(name, m.metric, m.value) for name, m in ledger.measurements(SWEEP.id)]
    assert everything == [("t2", "a", 1.0), ("t2", "b", 2.0), ("t1", "a", 3.0)]
    assert [m.value for _, m in ledger.measurements(SWEEP.id, metric="a")] == [1.0, 3.0]
    assert [m.value for _, m in ledger.measurements(SWEEP.id, "t2", "a")] == [1.0]


def test_what_is_asked_is_given_out_once(ledger, tmp_path):
    with open_ledger(tmp_path / ".sweeper") as other:
        other.ask(SWEEP.id, "cancel", "abc", time=3.0)
        other.ask("other", "cancel")
        other.ask(SWEEP.id, "cancel")
    taken = [(r.what, r.trial, r.time) for r in ledger.take_requests(SWEEP.id)]
    assert taken == [("cancel", "abc", 3.0), ("cancel", None, 0.0)]
    assert ledger.take_requests(SWEEP.id) == []
    assert len(ledger.take_requests("other")) == 1


def test_only_another_process_moves_the_change_number(ledger, tmp_path):
    before = ledger.changed()
    ledger.update_sweep(SWEEP.id, note="mine")
    assert ledger.changed() == before
    with open_ledger(tmp_path / ".sweeper") as other:
        other.ask(SWEEP.id, "cancel")
    assert ledger.changed() != before


def test_what_is_new_is_found_without_reading_what_was_there(ledger):
    """A launcher asks after every look; sweeps have millions of measurements."""
    from sweeper.ledger.measurements import _SINCE

    [(_, _, _, plan)] = ledger.select(f"EXPLAIN QUERY PLAN {_SINCE}", (0, "s", "accuracy"))
    assert "rowid>?" in plan


def test_several_metrics_and_conditions_come_back_as_they_were(ledger):
    more = (Metric("loss", "minimize", "best"), Metric("é", reduce="max"))
    metric = Metric("acc", more=more, where=("size < 3 and loss > 0",), watched=("size",))
    ledger.add_sweep(replace(SWEEP, id="several-1", metric=metric))
    assert ledger.sweep("several-1").metric == metric


def test_one_metric_is_written_as_it_always_was(ledger):
    text = next(ledger.select("SELECT metric FROM sweeps WHERE id = ?", (SWEEP.id,)))[0]
    assert json.loads(text).keys() == {"name", "goal", "reduce", "source", "pattern"}


def test_what_a_later_version_says_of_a_metric_is_passed_over():
    assert metric_from_json('{"name": "m", "more": [{"name": "n", "new": 1}], "newer": {}}') == Metric(
        "m", more=(Metric("n"),)
    )
    assert metric_from_json('{"name": "m", "goal": "minimize"}') == Metric("m", "minimize")
