"""Stop the launcher at every boundary, start it again, and compare with a run that was never stopped."""

import contextlib
import dataclasses
from collections import Counter

import pytest
from crashing import Boundary, Crash, CrashingBackend, CrashingLedger, SubmitFirst

from sweeper.backends.fake import FakeBackend, FakeService, Outcome, measured
from sweeper.clock import FakeClock
from sweeper.driver.drive import Hand, drive
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.work import Work
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import Limits, Observation, Reason, Space, State, Sweep, Trainer, Trial
from sweeper.states import FINAL, TRANSITIONS

TRIALS = 6
SWEEP = Sweep("digits", Trainer("trainer.task"), Space(()), limits=Limits(retries=1, parallel=2))


def trial(number):
    return Trial(f"t{number}", number, f"t{number}", {"x": number})


def outcome(job):
    """One of each: a preempted first attempt, a failure of the code, successes with a metric."""
    if job.trial_id.startswith("t1") and job.attempt == 1:
        return Outcome(1.0, Observation(State.FAILED, Reason.PREEMPTED, note="the machine was taken back"))
    if job.trial_id.startswith("t3"):
        return Outcome(2.0, Observation(State.FAILED, Reason.CODE, code=1, note="ValueError: no"))
    return measured(float(job.args[0].partition("=")[2]), seconds=1.5)


def work():
    return Work(SWEEP, "digits-1", TRIALS, TRIALS, trial, lambda trial: (f"--x={trial.number}",))


def launch(home, service, *, boundary=None, wrap=lambda backend: backend, kind=FakeBackend):
    """One life of a launcher, up to its end or its crash."""
    boundary = boundary or Boundary()
    with open_ledger(home) as ledger:
        if ledger.sweep("digits-1") is None:
            ledger.add_sweep(SweepRow("digits-1", "digits", 0.0))
        backend = CrashingBackend(wrap(kind(service, parallel=2)), boundary)
        reconciler = Reconciler(work(), CrashingLedger(ledger, boundary), backend, service.clock)
        drive(reconciler, backend, service.clock, hand=Hand())
    return boundary.passed


def rows(home):
    """What must not depend on where the launcher died: everything but the times."""
    with open_ledger(home) as ledger:
        found = [dataclasses.replace(row, started=None, ended=None, retry_at=None) for row in ledger.trials("digits-1")]
        return sorted(found, key=lambda row: row.id)


def events_are_legal(home):
    with open_ledger(home) as ledger:
        at = {}
        for event in ledger.events("digits-1"):
            key = (event.trial, event.attempt)
            assert at.get(key) == event.before
            assert event.before is None or event.after in TRANSITIONS[event.before]
            at[key] = event.after
    assert all(state in FINAL for state in at.values())
    return at


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    home = tmp_path_factory.mktemp("undisturbed")
    service = FakeService(FakeClock(), outcome)
    boundaries = launch(home, service)
    return boundaries, rows(home), sorted(service.jobs)


def crash_and_go_on(home, crash_at, **kwargs):
    service = FakeService(FakeClock(), outcome)
    with pytest.raises(Crash):
        launch(home, service, boundary=Boundary(crash_at), **kwargs)
    launch(home, service, **kwargs)
    return service


def test_the_matrix_has_many_boundaries(undisturbed):
    assert undisturbed[0] > 150


def test_a_crash_at_any_boundary_changes_nothing_in_the_end(undisturbed, tmp_path):
    boundaries, expected, jobs = undisturbed
    for crash_at in range(1, boundaries + 1):
        home = tmp_path / str(crash_at)
        service = crash_and_go_on(home, crash_at)
        assert rows(home) == expected, f"crashed at {crash_at}"
        assert sorted(service.jobs) == jobs, f"an orphan or a double after a crash at {crash_at}"
        assert events_are_legal(home).keys() == {tuple_of(job) for job in jobs}


class Wide(FakeBackend):
    """The same, submitted to on several threads, as a cloud is."""

    lanes = 2


def test_nor_does_a_crash_while_several_threads_submit(undisturbed, tmp_path):
    boundaries, expected, jobs = undisturbed
    for crash_at in range(1, boundaries + 1, 3):
        home = tmp_path / str(crash_at)
        service = FakeService(FakeClock(), outcome)
        for boundary in (Boundary(crash_at), Boundary()):
            with contextlib.suppress(Crash):
                launch(home, service, boundary=boundary, kind=Wide)
        assert rows(home) == expected, f"crashed at {crash_at}"
        assert sorted(service.jobs) == jobs, f"an orphan or a double after a crash at {crash_at}"
        assert events_are_legal(home).keys() == {tuple_of(job) for job in jobs}


def tuple_of(job_id):
    _, trial_id, attempt = job_id.rsplit(".", 2)
    return trial_id, int(attempt)


def test_the_matrix_notices_a_job_that_is_started_without_a_name_on_disk(undisturbed, tmp_path):
    boundaries, _, jobs = undisturbed
    doubles = 0
    for crash_at in range(1, boundaries + 1, 5):
        service = crash_and_go_on(tmp_path / str(crash_at), crash_at, wrap=SubmitFirst)
        started = Counter(job.rsplit(".", 2)[1].split("-")[0] + job.rsplit(".", 1)[1] for job in service.jobs)
        doubles += len(service.jobs) > len(jobs) or max(started.values()) > 1
    assert doubles
