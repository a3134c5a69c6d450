"""Which failures are tried again and when, and which stop a sweep."""

import pytest

from sweeper.driver.halt import Watch
from sweeper.driver.retry import LONGEST, retry_at
from sweeper.model import Limits, Observation, Reason, State


def failed(reason=Reason.CODE, note="ValueError: bad 3", code=1, state=State.FAILED):
    return Observation(state, reason, code=code, note=note)


@pytest.mark.parametrize(
    ("seen", "failures", "limits", "expected"),
    [
        # transient: as often as retries says, waiting twice as long each time
        (failed(Reason.PREEMPTED), 1, Limits(retries=2), 101.0),
        (failed(Reason.PREEMPTED), 2, Limits(retries=2), 102.0),
        (failed(Reason.PREEMPTED), 3, Limits(retries=2), None),
        (failed(Reason.NONE, state=State.LOST), 1, Limits(retries=1), 101.0),
        (failed(Reason.STOPPED), 30, Limits(retries=99), 100 + LONGEST),
        # the trainer's own failure: only where the config asks for it
        (failed(Reason.CODE), 1, Limits(retries=5), None),
        (failed(Reason.OOM), 1, Limits(retries=5), None),
        (failed(Reason.TIMEOUT), 1, Limits(retries=5), None),
        (failed(Reason.CODE), 1, Limits(code_retries=1), 101.0),
        # not failures
        (Observation(State.SUCCEEDED, code=0), 1, Limits(retries=5, code_retries=5), None),
        (Observation(State.CANCELLED, Reason.USER), 1, Limits(retries=5, code_retries=5), None),
    ],
)
def test_a_failure_is_tried_again_as_the_limits_say(seen, failures, limits, expected):
    assert retry_at(seen, failures=failures, limits=limits, now=100.0) == expected


def stops(*observations):
    watch = Watch()
    return [watch.see(seen) for seen in observations]


def test_three_that_fail_alike_stop_the_sweep():
    assert stops(failed(note="ValueError: bad 1"), failed(note="ValueError: bad 2"), failed()) == [False, False, True]


def test_a_smoke_run_goes_on_to_learn_which_trials_need_too_much_memory():
    watch = Watch(spared=frozenset([Reason.OOM]))
    assert not any(watch.see(failed(Reason.OOM)) for _ in range(5))
    assert [watch.see(failed()) for _ in range(3)] == [False, False, True]


def test_one_that_succeeds_shows_that_the_sweep_works():
    assert not any(stops(Observation(State.SUCCEEDED, code=0), failed(), failed(), failed(), failed()))


def test_failures_that_differ_are_the_trials_own():
    assert not any(stops(failed(note="ValueError: a"), failed(note="KeyError: b"), failed(), failed(), failed()))


def test_what_was_cancelled_says_nothing():
    cancelled = Observation(State.CANCELLED, Reason.USER)
    assert stops(failed(), cancelled, failed(), cancelled, failed()) == [False, False, False, False, True]
