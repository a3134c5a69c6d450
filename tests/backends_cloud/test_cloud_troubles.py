"""What a failed call means to the driver: wait, or a person has to mend something first."""

import pytest

from sweeper.backends.cloud.patience import GOOGLE
from sweeper.backends.cloud.troubles import Troubles, told
from sweeper.backends.protocol import Barred, Unavailable
from sweeper.clock import FakeClock
from sweeper.google.failures import TRANSIENT, CallFailed, Kind

DENIED = CallFailed(Kind.DENIED, "no permission")


@pytest.mark.parametrize("kind", Kind)
def test_what_does_not_pass_by_itself_bars(kind):
    found = told(CallFailed(kind, "why", hint="what to do"))
    assert type(found) is (Unavailable if kind in TRANSIENT else Barred)
    assert str(found) == "why\n  what to do"


def test_a_quota_is_no_outage_and_a_rate_is_neither():
    kinds = (Kind.RATE, Kind.QUOTA, Kind.UNREACHABLE)
    found = [told(CallFailed(kind, "why"), after=7.0) for kind in kinds]
    assert [one.meanwhile for one in found] == ["slowing down", "waiting for room", "trying again"]
    assert [one.full for one in found] == [False, True, False]
    assert {one.after for one in found} == {7.0}


def test_the_first_call_is_believed_at_once():
    assert isinstance(Troubles(FakeClock(0.0), GOOGLE).told(DENIED, after=5.0), Barred)


def test_calls_that_have_worked_are_refused_for_a_while_before_that_is_believed():
    clock = FakeClock(0.0)
    troubles = Troubles(clock, GOOGLE)
    troubles.over()
    assert isinstance(troubles.told(DENIED, after=5.0), Unavailable)
    clock.move(GOOGLE.barred - 1)
    assert isinstance(troubles.told(DENIED, after=5.0), Unavailable)
    clock.move(1)
    assert isinstance(troubles.told(DENIED, after=5.0), Barred)
    troubles.over()
    assert isinstance(troubles.told(DENIED, after=5.0), Unavailable)
