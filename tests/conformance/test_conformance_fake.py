"""The fake backend keeps the promises."""

import contextlib

import pytest

from sweeper.backends.fake import FakeBackend, FakeService, Outcome
from sweeper.clock import FakeClock
from sweeper.model import Job, Observation, Reason, Trainer
from tests.conformance.promises import FATES, Promises


def outcome(job):
    if job.args[0] == "run":
        return Outcome(job.timeout or 1e9, Observation(*ENDLESS))
    state, reason, code = FATES[job.args[0]]
    return Outcome(1.0, Observation(state, reason, code, note="it failed" * (code != 0)), output=("hello\n",))


ENDLESS = (FATES["exit 1"][0], Reason.TIMEOUT)


class FakeLab:
    def __init__(self):
        self.service = FakeService(FakeClock(), outcome)

    def backend(self, *, full=False):
        return FakeBackend(self.service)

    def job(self, name, *args, **more):
        return Job("sweep-1", name, 1, args, Trainer("task"), **more)

    def settle(self, backend, *handles):
        backend.wait(2.0)
        return [backend.observe(handles)[handle] for handle in handles]

    def until(self, backend, condition):
        while not condition():
            backend.wait(0.5)

    def arrived(self, handle):
        job = self.service.jobs[handle]
        return [] if self.service.ended.get(handle) and not self.service.ended[handle].ended else [list(job.args)]

    @contextlib.contextmanager
    def unreachable(self):
        self.service.reachable = False
        yield
        self.service.reachable = True

    def calls(self):
        return self.service.calls

    def left(self):
        return repr(self.service)


class TestFake(Promises):
    @pytest.fixture
    def lab(self):
        return FakeLab()

    @pytest.mark.skip("a fake job starts in the moment in which it is submitted")
    def test_a_job_that_is_cancelled_before_it_starts_never_does(self):
        pass
