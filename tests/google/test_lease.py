"""One machine at a time launches a sweep: the lease in the bucket, on a clock that stands still."""

import pytest

from sweeper.clock import FakeClock
from sweeper.errors import UserError
from sweeper.google.lease import LASTS, RENEWED, Lease
from tests.google.google_lab import google_at

URL = "gs://bucket/s/launch.json"


@pytest.fixture
def lease(make_emulator):
    emulator = make_emulator(simulate=1.0)
    emulator.make_bucket("bucket")
    clock = FakeClock(1000.0)
    google = google_at(emulator.url)

    def make(holder):
        return Lease(google.storage(), URL, holder, clock)

    make.clock, make.emulator = clock, emulator
    yield make
    google.close()


def test_the_second_machine_is_told_who_has_it_until_it_is_released(lease):
    first, second = lease("a"), lease("b")
    first.take()
    with pytest.raises(UserError, match=r"being launched by another machine \(a\)"):
        second.take()
    first.release()
    second.take()
    assert second.moved


def test_a_launch_that_was_killed_is_followed_at_once_by_one_of_its_folder_and_later_by_another(lease):
    lease("a").take()
    again = lease("a")
    again.take()
    assert not again.moved
    lease.clock.move(LASTS - 1)
    with pytest.raises(UserError):
        lease("b").take()
    lease.clock.move(1)
    lease("b").take()


def test_it_is_renewed_while_the_launch_goes_on(lease):
    first = lease("a")
    first.take()
    for _ in range(20):
        lease.clock.move(RENEWED)
        first.keep()
        with pytest.raises(UserError):
            lease("b").take()
    before = len(lease.emulator.requests())
    first.keep()
    assert len(lease.emulator.requests()) == before


def test_who_has_slept_too_long_finds_that_another_has_it(lease):
    first = lease("a")
    first.take()
    lease.clock.move(LASTS)
    lease("b").take()
    with pytest.raises(UserError, match=r"another machine \(b\)"):
        first.keep()
    first.release()  # it is not ours to give away
    with pytest.raises(UserError):
        lease("c").take()


def test_who_has_slept_and_was_not_missed_goes_on(lease):
    first = lease("a")
    first.take()
    lease.clock.move(10 * LASTS)
    first.keep()
    with pytest.raises(UserError):
        lease("b").take()


def test_a_bucket_that_does_not_answer_ends_the_lease_only_when_it_expires(lease):
    first = lease("a")
    first.take()
    lease.emulator.set_faults("storage.*:denied")
    lease.clock.move(RENEWED)
    first.keep()
    lease.clock.move(LASTS)
    with pytest.raises(UserError, match="not known whether another machine"):
        first.keep()


def test_that_others_were_here_is_remembered_until_their_work_was_taken_over(lease):
    lease("a").take()
    lease.clock.move(LASTS)
    lease("b").take()  # and it is killed before it has looked
    again = lease("b")
    again.take()
    assert again.moved
    again.moved = False
    again.release()
    last = lease("b")
    last.take()
    assert not last.moved
