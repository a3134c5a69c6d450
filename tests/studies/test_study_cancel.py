"""A cancel that comes too late, and one that is not heard."""

import pytest

from sweeper.backends.cloud.patience import EMULATOR
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.twins import Twins
from sweeper.clock import FakeClock
from sweeper.google.failures import CallFailed, Kind
from sweeper.model import State
from sweeper.studies.jobs import TuningJobs


class Service:
    """One tuning job that answers as it is told."""

    title, takes_ids = "Vertex AI", False

    def __init__(self, *states, refuse=None):
        self.states = list(states)
        self.refuse = refuse
        self.cancels = 0

    def get(self, handle):
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return None if state is None else {"state": state}

    def row(self, job):
        return Row("h", "s", "study", 1, "", job["state"], 0.0)

    def siblings(self, row):
        return [row]

    def cancel(self, handle):
        self.cancels += 1
        if self.refuse:
            raise CallFailed(self.refuse, "no")


def cancelled(service):
    TuningJobs(service, Twins(service, print), FakeClock(), EMULATOR).cancel("h")
    return service.cancels


def test_what_runs_is_asked_to_stop():
    assert cancelled(Service(State.RUNNING)) == 1


@pytest.mark.parametrize("state", [None, State.SUCCEEDED, State.CANCELLED])
def test_what_has_ended_or_never_was_is_not_asked(state):
    assert cancelled(Service(state)) == 0


@pytest.mark.parametrize("kind", [Kind.PRECONDITION, Kind.INVALID, Kind.NOT_FOUND])
def test_an_end_between_the_look_and_the_request_is_no_failure(kind):
    assert cancelled(Service(State.RUNNING, State.SUCCEEDED, refuse=kind)) == 1


@pytest.mark.parametrize("kind", [Kind.PRECONDITION, Kind.UNCERTAIN])
def test_a_request_that_was_not_obeyed_is_a_failure(kind):
    with pytest.raises(CallFailed):
        cancelled(Service(State.RUNNING, refuse=kind))
