"""Each move of a job is legal, written whole, seen in its trial and counted."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.errors import IllegalTransition, LedgerError
from sweeper.ledger import JobRow, SweepRow, TrialRow, open_ledger
from sweeper.model import Reason, State
from sweeper.states import FINAL, LIVE, TRANSITIONS

S = "digits-1a2b"


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.add_sweep(SweepRow(S, "digits", 10.0))
        ledger.put_trial(TrialRow(S, "abc", 0, "abc"))
        yield ledger


JOB = JobRow(S, "abc", 1, args=("--a=1", "", "é", "-x y"), submitted=100.0)


def history(ledger, trial=None):
    return [(e.trial, e.attempt, e.time, e.before, e.after, e.note) for e in ledger.events(S, trial)]


def test_a_job_is_followed_from_its_intent_to_its_end(ledger):
    ledger.record(None, JOB, time=100.0)
    handled = replace(JOB, handle="pid 7", slot="gpu 1")
    ledger.record(JOB, handled, time=101.0)
    running = replace(handled, state=State.RUNNING, started=102.0)
    ledger.record(handled, running, time=102.5)
    ended = replace(running, state=State.FAILED, reason=Reason.CODE, ended=103.0, code=1, note="ValueError: x")
    assert ledger.live_jobs(S) == [running]
    ledger.record(running, ended, time=103.5, note="ended", retry_at=130.0)

    assert ledger.job(S, "abc", 1) == ended
    assert ledger.live_jobs(S) == []
    assert history(ledger) == [
        ("abc", 1, 100.0, None, State.SUBMITTING, ""),
        ("abc", 1, 102.5, State.SUBMITTING, State.RUNNING, ""),
        ("abc", 1, 103.5, State.RUNNING, State.FAILED, "ended"),
    ]
    mirror = TrialRow(
        *(S, "abc", 0, "abc"),
        attempt=1,
        state=State.FAILED,
        reason=Reason.CODE,
        started=102.0,
        ended=103.0,
        code=1,
        note="ValueError: x",
        retry_at=130.0,
    )
    assert ledger.trial(S, "abc") == mirror


def test_a_second_attempt_keeps_the_first(ledger):
    failed = replace(JOB, state=State.FAILED, code=1, ended=5.0, note="once")
    again = JobRow(S, "abc", 2, args=("--b",), submitted=200.0)
    ledger.record(None, JOB, time=1.0)
    ledger.record(JOB, failed, time=2.0, retry_at=3.0)
    ledger.record(None, again, time=4.0)
    assert ledger.jobs(S, "abc") == [failed, again]
    assert (ledger.job(S, "abc", 1), ledger.job(S, "abc", 2), ledger.job(S, "abc", 3)) == (failed, again, None)
    assert ledger.live_jobs(S) == [again]
    row = ledger.trial(S, "abc")
    assert (row.attempt, row.state, row.ended, row.code, row.note) == (2, State.SUBMITTING, None, None, "")
    assert row.retry_at is None
    assert history(ledger, "abc")[-1] == ("abc", 2, 4.0, None, State.SUBMITTING, "")


def test_to_begin_is_to_put_a_trial_and_record_its_first_job(ledger, tmp_path):
    new = TrialRow(S, "new-1", 4, "new", {"a": (1, 0.5)}, repeat=1, seed=2**70, digest="d")
    job = JobRow(S, "new-1", 1, args=("--a",), slot="2", submitted=5.0)
    ledger.begin(new, job, time=6.0, note="hello")
    with open_ledger(tmp_path / "two") as two:
        two.put_trial(new)
        two.record(None, job, time=6.0, note="hello")
        assert ledger.trial(S, "new-1") == two.trial(S, "new-1")
        assert ledger.jobs(S, "new-1") == two.jobs(S, "new-1") == [job]
        assert history(ledger, "new-1") == history(two, "new-1")
        assert two.counts(S) == {State.SUBMITTING: 1}


def test_to_begin_again_keeps_what_was_measured(ledger):
    row = ledger.trial(S, "abc")
    ended = replace(JOB, state=State.LOST, ended=3.0)
    ledger.begin(row, JOB, time=1.0)
    ledger.record(JOB, ended, time=2.0, retry_at=9.0)
    ledger.set_metric(S, "abc", 0.7, "")
    second = replace(JOB, attempt=2)
    ledger.begin(replace(row, digest="d2"), second, time=3.0)
    assert ledger.trial(S, "abc") == replace(row, digest="d2", metric=0.7, attempt=2)
    assert ledger.jobs(S, "abc") == [ended, second]
    with pytest.raises(LedgerError, match="found attempt 2 submitting"):
        ledger.begin(row, second, time=4.0)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_only_moves_of_the_table_are_written(ledger, before, after):
    ledger.put_job(replace(JOB, state=before))
    assert len(ledger.live_jobs(S)) == (before in LIVE)
    moved = replace(JOB, state=after, note="moved")
    if after in TRANSITIONS[before]:
        ledger.record(replace(JOB, state=before), moved, time=1.0)
        assert history(ledger) == [("abc", 1, 1.0, before, after, "")]
    elif before is after:
        ledger.record(replace(JOB, state=before), moved, time=1.0)
        assert history(ledger) == []
    else:
        with pytest.raises(IllegalTransition, match=f"that is {before} cannot become {after}"):
            ledger.record(replace(JOB, state=before), moved, time=1.0)
        assert ledger.job(S, "abc", 1) == replace(JOB, state=before)


@pytest.mark.parametrize("first", [replace(JOB, state=State.RUNNING), replace(JOB, attempt=0)])
def test_a_job_begins_as_an_intent(ledger, first):
    with pytest.raises(IllegalTransition, match="begins as submitting"):
        ledger.record(None, first, time=1.0)


def test_a_move_is_of_one_job(ledger):
    with pytest.raises(IllegalTransition, match="one job"):
        ledger.record(JOB, replace(JOB, attempt=2), time=1.0)


def test_a_job_that_somebody_else_moved_is_left_as_it_is(ledger, tmp_path):
    ledger.record(None, JOB, time=1.0)
    with open_ledger(tmp_path) as other:
        other.record(JOB, replace(JOB, state=State.CANCELLED), time=2.0)
    with pytest.raises(
        LedgerError, match=r"changed by another process: expected attempt 1 submitting, found attempt 1 can"
    ):
        ledger.record(JOB, replace(JOB, state=State.RUNNING), time=3.0)
    assert ledger.job(S, "abc", 1).state is State.CANCELLED
    assert len(history(ledger)) == 2


def test_nothing_begins_twice(ledger):
    ledger.record(None, JOB, time=1.0)
    with pytest.raises(LedgerError, match="expected attempt 1 not begun, found attempt 1 submitting"):
        ledger.record(None, JOB, time=2.0)
    with pytest.raises(LedgerError, match="changed by another process"):
        ledger.record(None, replace(JOB, attempt=2), time=2.0)  # the first still runs
    with pytest.raises(LedgerError, match="no trial zzz"):
        ledger.record(None, replace(JOB, trial="zzz"), time=2.0)
    assert len(history(ledger)) == 1


def test_a_trial_that_has_a_job_keeps_its_state_when_it_is_put_again(ledger):
    ledger.record(None, JOB, time=1.0)
    running = replace(JOB, state=State.RUNNING, started=2.0)
    ledger.record(JOB, running, time=2.0)
    ledger.put_trial(TrialRow(S, "abc", 3, "abc", {"a": 1}))
    row = ledger.trial(S, "abc")
    assert (row.number, row.params, row.state, row.attempt, row.started) == (3, {"a": 1}, State.RUNNING, 1, 2.0)
    assert ledger.live_jobs(S) == [running]


def test_live_jobs_of_removed_trials_are_listed_but_not_counted(ledger):
    ledger.record(None, JOB, time=1.0)
    ledger.mark_removed(S, ["abc", "unknown"], True)
    assert ledger.live_jobs(S) == [JOB]
    assert ledger.counts(S) == {}
    ledger.record(JOB, replace(JOB, state=State.SUCCEEDED), time=2.0)
    assert (ledger.live_jobs(S), ledger.counts(S)) == ([], {})
    ledger.mark_removed(S, ["abc"], False)
    assert ledger.counts(S) == {State.SUCCEEDED: 1}


TRIALS = ("a", "b", "c")
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "put", "move", "remove", "restore", "undo"]),
        st.sampled_from(TRIALS),
        st.sampled_from(State),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(deeds=DEEDS)
def test_running_counts_equal_a_recount(tmp_path_factory, deeds):
    sweep = f"s-{next(_numbers)}"
    with open_ledger(tmp_path_factory.getbasetemp() / "counts") as ledger:
        for deed, trial, state in deeds:
            _do(ledger, sweep, deed, trial, state)
            rows = list(ledger.trials(sweep))
            assert ledger.counts(sweep) == Counter(row.state for row in rows if not row.removed)
            jobs = [job for row in rows for job in ledger.jobs(sweep, row.id)]
            assert {job.trial for job in ledger.live_jobs(sweep)} == {job.trial for job in jobs if job.state in LIVE}
            assert_legal(ledger.events(sweep))


_numbers = itertools.count()


def _do(ledger, sweep, deed, trial, state):
    jobs = ledger.jobs(sweep, trial)
    if deed == "put":
        ledger.put_trial(TrialRow(sweep, trial, 0, trial, state=state))
    elif deed in ("remove", "restore"):
        ledger.mark_removed(sweep, TRIALS, deed == "remove")
    elif deed == "move" and jobs and state in TRANSITIONS[jobs[-1].state]:
        ledger.record(jobs[-1], replace(jobs[-1], state=state), time=1.0)
    elif deed in ("begin", "undo") and (not jobs or jobs[-1].state in FINAL):
        try:
            with ledger.transaction():
                ledger.begin(TrialRow(sweep, trial, 0, trial), JobRow(sweep, trial, len(jobs) + 1), time=1.0)
                if deed == "undo":
                    raise InterruptedError
        except InterruptedError:
            pass


def assert_legal(events):
    """Each attempt begins as an intent and moves along the table; attempts follow one another."""
    at = {}
    for event in events:
        last_attempt, state = at.get(event.trial, (0, None))
        if event.before is None:
            assert event.after is State.SUBMITTING
            assert event.attempt == last_attempt + 1
            assert state is None or state in FINAL
        else:
            assert (event.attempt, event.before) == (last_attempt, state)
            assert event.after in TRANSITIONS[event.before]
        at[event.trial] = (event.attempt, event.after)


def test_counts_stay_true_over_hundreds_of_events_of_two_sweeps(ledger):
    for n in range(150):
        for sweep in (S, "other"):
            job = JobRow(sweep, f"t{n}", 1)
            ledger.begin(TrialRow(sweep, f"t{n}", n, f"t{n}"), job, time=1.0)
            assert ledger.counts(sweep)[State.SUBMITTING] == (2 if sweep == S else 1)  # one was only put
            ledger.record(job, replace(job, state=State.SUCCEEDED), time=2.0)
            assert ledger.counts(sweep)[State.SUCCEEDED] == n + 1
