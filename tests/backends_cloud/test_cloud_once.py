"""One attempt is one job, by the server's own list, whatever is lost, late or done twice."""

import dataclasses

import pytest

from sweeper.backends.protocol import Refused, Unavailable
from sweeper.errors import SweeperError
from sweeper.model import Reason, State
from tests.backends_cloud.cloud_bench import Bench, seen, settled, submitted, until

BOTH = pytest.mark.parametrize("name", ["mlengine", "vertex"])
LOST = ["cut_after", "error503_after", "cut_before", "error500", "error502", "error503"]
"""What may happen to a create: the first two make the job all the same."""


@pytest.fixture
def bench(make_emulator, tmp_path):
    made = []

    def make(name, **options):
        options.setdefault("simulate", 60.0)
        made.append(Bench(make_emulator(**options), name, tmp_path))
        return made[-1]

    yield make
    for one in made:
        one.close()


def create(name):
    return "ml.create" if name == "mlengine" else "custom.create"


def listing(name):
    return "ml.list" if name == "mlengine" else "custom.list"


def alive(bench):
    return [row for row in bench.rows() if not row["state"].endswith(("CANCELLED", "CANCELLING"))]


@BOTH
@pytest.mark.parametrize("fault", LOST)
def test_a_create_that_was_not_answered_gives_one_job(bench, name, fault):
    here = bench(name, faults=f"{create(name)}:{fault}=1")
    backend = here.backend()
    assert said(backend, here.job("t")) in ("made", "alone")
    here.emulator.set_faults("")
    handle = submitted(backend, here.job("t"))
    assert len(here.rows()) == 1
    assert submitted_again(here.backend(), here.job("t")) == handle
    assert len(alive(here)) == 1


def said(backend, job):
    try:
        backend.submit(job)
    except Unavailable as error:
        return "alone" if error.alone else "all"
    return "made"


@BOTH
def test_a_lost_reply_is_settled_by_looking_in_the_same_call(bench, name):
    here = bench(name, faults=f"{create(name)}:cut_after=1")
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    assert len(here.rows()) == 1
    assert len([one for one in here.requests(create(name)) if one["method"] == "POST"]) == 1
    assert seen(backend, [handle])[handle].state in (State.QUEUED, State.RUNNING)


def test_nothing_is_sent_again_before_the_list_was_looked_at_for_longer_than_it_may_lag(bench):
    here = bench("vertex", faults=f"{create('vertex')}:cut_after=1;{listing('vertex')}:lag=500ms")
    here.patience = dataclasses.replace(here.patience, list_lag=2.0)
    backend = here.backend()
    with pytest.raises(Unavailable) as raised:
        backend.submit(here.job("t"))
    assert raised.value.alone
    handle = submitted(backend, here.job("t"))
    assert [row["name"] for row in here.rows()] == [handle]
    assert len(here.requests(create("vertex"))) == 1
    assert len(here.requests(listing("vertex"))) > 2


@BOTH
def test_an_intent_of_an_earlier_process_is_looked_for_first(bench, name):
    here = bench(name, faults=f"{listing(name)}:lag=200ms")
    there = here.backend().submit(here.job("t"))  # and killed before it could write that down
    later = here.backend()
    assert submitted_again(later, here.job("t")) == there
    fresh = submitted_again(later, here.job("u"))  # killed before it was sent
    assert fresh != there
    until(lambda: len(here.rows()) == 2)


def submitted_again(backend, job):
    def handle():
        try:
            return backend.submit(job, again=True)
        except Unavailable:
            return None

    return until(handle)


@BOTH
def test_a_post_that_is_delivered_twice_leaves_one_job_and_is_reported(bench, name):
    here = bench(name, faults=f"{create(name)}:duplicate=1")
    backend = here.backend()
    handles = [backend.submit(here.job(f"t{n}")) for n in range(3)]
    here.emulator.set_faults("")
    made = len(here.rows())
    assert made == (6 if name == "vertex" else 3)
    until(lambda: seen(backend, handles) and len(alive(here)) == 3)
    assert len({row["labels"]["sweeper-trial"] for row in alive(here)}) == 3
    assert len(here.said) == made - 3
    assert all("counts" in line and "is cancelled" in line for line in here.said)
    seen(backend, handles)
    assert len(here.said) == made - 3, "each is reported once"


def test_the_older_of_two_counts_whatever_a_ledger_says(bench):
    here = bench("vertex", simulate=0.4)
    first, second = here.backend(), here.backend()  # two machines that go on with one sweep
    older = first.submit(here.job("t"))
    younger = second.submit(here.job("t"))
    assert older != younger
    until(lambda: seen(second, [younger]) and len(alive(here)) == 1)
    assert [row["name"] for row in alive(here)] == [older]
    [mine], [theirs] = settled(first, older), settled(second, younger)
    assert mine == theirs
    assert mine.state is State.SUCCEEDED
    assert mine.measurements
    [third] = settled(here.backend(), younger)  # a process that never saw both alive
    assert third == mine
    assert dict(here.backend().discover("sweep-1")) == {"sweep-1.t.1": older}


def test_a_twin_that_came_and_went_between_two_rounds_is_reported(bench):
    here = bench("vertex", simulate=0.05, faults="custom.create:duplicate=1")
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    until(lambda: all(row["state"].endswith("SUCCEEDED") for row in here.rows()))
    [found] = settled(backend, handle)
    assert found.state is State.SUCCEEDED
    assert len(here.said) == 1


def test_a_twin_is_looked_for_before_a_launcher_leaves(bench):
    here = bench("vertex", faults="custom.create:duplicate=1")
    backend = here.backend()
    backend.submit(here.job("t"))
    backend.close()
    until(lambda: len(alive(here)) == 1)
    assert len(here.said) == 1


def test_cancelling_the_younger_of_two_cancels_the_one_that_counts(bench):
    here = bench("vertex")
    first, second = here.backend(), here.backend()
    first.submit(here.job("t"))
    younger = second.submit(here.job("t"))
    until(lambda: seen(second, [younger]) and len(alive(here)) == 1)
    second.cancel(younger, Reason.USER)
    [found] = settled(second, younger)
    assert (found.state, found.reason) == (State.CANCELLED, Reason.USER)
    assert alive(here) == []


@BOTH
def test_a_job_of_this_attempt_that_runs_another_package_is_not_adopted(bench, name):
    here = bench(name)
    here.backend().submit(here.job("t"))
    here.staged = dataclasses.replace(here.staged, digest="e" * 64)
    with pytest.raises(Refused, match="another package"):
        submitted_again(here.backend(), here.job("t"))
    until(lambda: not alive(here))  # nobody pays for it any longer


def test_a_job_of_somebody_else_that_has_our_id_is_not_adopted(bench):
    here = bench("mlengine")
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    [row] = here.rows()
    status, _, _ = here.emulator.call(
        "PATCH", f"/v1/projects/proj/jobs/{row['jobId']}?updateMask=labels", {"labels": {"sweeper-sweep": "other"}}
    )
    assert status == 200
    with pytest.raises(Refused, match="another job of this name"):
        here.backend().submit(here.job("t"))
    assert len(here.rows()) == 1
    assert seen(backend, [handle])


@BOTH
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate429", "Unavailable"),
        ("quota429", "Unavailable"),
        ("unauthenticated", "Barred"),
        ("denied", "Barred"),
        ("disabled", "Barred"),
    ],
)
def test_a_create_that_was_refused_says_whether_to_come_again(bench, name, fault, kind):
    here = bench(name, faults=f"{create(name)}:{fault}=1")
    backend = here.backend()
    with pytest.raises(SweeperError) as raised:
        backend.submit(here.job("t"))
    assert type(raised.value).__name__ == kind
    assert not getattr(raised.value, "alone", False)
    assert here.rows() == []
    if kind == "Unavailable":
        assert backend.capacity() == 0


@BOTH
def test_a_cancel_that_gets_lost_is_asked_again(bench, name):
    part = create(name).replace("create", "cancel")
    here = bench(name, faults=f"{part}:cut_before=1")
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    backend.cancel(handle, Reason.USER)
    until(lambda: here.requests(part))
    here.emulator.set_faults("")
    [found] = settled(backend, handle)
    assert (found.state, found.reason) == (State.CANCELLED, Reason.USER)


@BOTH
def test_the_reason_for_an_end_outlives_the_process_that_asked(bench, name):
    here = bench(name)
    backend = here.backend()
    handles = {reason: backend.submit(here.job(reason)) for reason in (Reason.STOPPED_EARLY, Reason.TIMEOUT)}
    for reason, handle in handles.items():
        backend.cancel(handle, reason)
    backend.close()
    for reason, state in ((Reason.STOPPED_EARLY, State.SUCCEEDED), (Reason.TIMEOUT, State.FAILED)):
        [found] = settled(here.backend(), handles[reason])
        assert (found.state, found.reason) == (state, reason)
