"""What every backend promises. A backend's test file makes a ``lab`` and inherits ``Promises``.

A lab has: ``backend()``, one as a new process would make it; ``job(name, does, *args)`` for a job that does ``exit
0``, ``exit 1``, ``signal``, ``run`` (until it is ended) or ``missing`` (its program is not there); ``settle(backend,
*handles)``, the observations once all have ended; ``until(backend, condition)``; ``arrived(handle)``, the arguments
that the program got, once for each time it ran; ``unreachable()``, a context in which the service does not answer,
or None where there is no service; ``calls()``, how often it was asked; ``left()``, all that was stored, as text. Where
its service differs: ``fates``, as below, ``at_once``, how many unknown handles are answered in one round at least, and
``most_calls``, what that round may take.
"""

import contextlib

import pytest

from sweeper.backends.protocol import Unavailable
from sweeper.model import Reason, State
from sweeper.states import FINAL, advance

SECRET = "sekrit-71b2"
ODD = ("a b", "\"quoted\" 'twice'", "--x=y=z", "ünï→✓", "", "-", "--", "-5", "two\nlines", "$HOME `id` *", "{job_dir}")
FATES = {
    # what the job does: (state, reason, exit code)
    "exit 0": (State.SUCCEEDED, Reason.NONE, 0),
    "exit 1": (State.FAILED, Reason.CODE, 1),
    "signal": (State.FAILED, Reason.STOPPED, -9),
    "missing": (State.FAILED, Reason.CODE, 127),
}
ENDS = {
    # why it is ended: the state that confirms it
    Reason.USER: State.CANCELLED,
    Reason.TIMEOUT: State.FAILED,
    Reason.STOPPED_EARLY: State.SUCCEEDED,
    Reason.DIVERGED: State.FAILED,
    Reason.STALLED: State.FAILED,
}


class Promises:
    """One test for each promise of ``sweeper.backends.protocol``."""

    def test_a_job_that_is_submitted_twice_runs_once(self, lab):
        first, second = lab.backend(), lab.backend()
        job = lab.job("t", "exit 0")
        handles = {first.submit(job), first.submit(job), second.submit(job, again=True)}
        assert len(handles) == 1
        handle = handles.pop()
        lab.settle(first, handle)
        assert first.submit(job) == handle
        lab.settle(first, handle)
        assert len(lab.arrived(handle)) == 1

    def test_a_handle_is_valid_in_a_later_process(self, lab):
        handle = lab.backend().submit(lab.job("t", "exit 1"))
        [seen] = lab.settle(lab.backend(), handle)
        assert seen.state is State.FAILED

    def test_a_handle_that_never_existed_is_lost(self, lab):
        backend = lab.backend()
        real = backend.submit(lab.job("t", "exit 0"))
        never = real.replace("t", "u") if real.count("t") == 1 else real[:-1] + "98"[real[-1] == "9"]
        assert backend.observe([never])[never].state is State.LOST
        backend.cancel(never, Reason.USER)
        assert list(backend.output(never)) == []
        lab.settle(backend, real)

    def test_a_service_that_does_not_answer_is_no_news(self, lab):
        if lab.unreachable() is None:
            pytest.skip("nothing lies between this backend and its jobs")
        backend = lab.backend()
        handle = backend.submit(lab.job("t", "exit 0"))
        with lab.unreachable(), contextlib.suppress(Unavailable):
            assert handle not in backend.observe([handle])
        assert lab.settle(backend, handle)[0].state is State.SUCCEEDED

    def test_states_only_move_forward(self, lab):
        backend = lab.backend()
        handles = [backend.submit(lab.job(f"t{n}", does)) for n, does in enumerate(("exit 0", "exit 1", "signal"))]
        now = dict.fromkeys(handles, State.QUEUED)

        def moved():
            for handle, seen in backend.observe(handles).items():
                assert advance(now[handle], seen.state) is seen.state, "it went back"
                now[handle] = seen.state
            return all(state in FINAL for state in now.values())

        lab.until(backend, moved)
        assert moved()

    @pytest.mark.parametrize("does", FATES)
    def test_the_end_of_a_job_is_translated_as_in_the_table(self, lab, does):
        job = lab.job("t", does)  # before the backend: a program that is missing may be a setting of it
        backend = lab.backend()
        [seen] = lab.settle(backend, backend.submit(job))
        assert (seen.state, seen.reason, seen.code) == getattr(lab, "fates", FATES)[does]
        assert seen.note if seen.state is State.FAILED else not seen.note

    def test_a_job_over_its_time_limit_has_failed_for_that_reason(self, lab):
        backend = lab.backend()
        [seen] = lab.settle(backend, backend.submit(lab.job("t", "run", timeout=0.2)))
        assert (seen.state, seen.reason) == (State.FAILED, Reason.TIMEOUT)

    @pytest.mark.parametrize("reason", ENDS, ids=str)
    def test_a_cancelled_job_ends_and_says_why(self, lab, reason):
        backend = lab.backend()
        handle = backend.submit(lab.job("t", "run"))
        lab.until(backend, lambda: lab.arrived(handle))
        backend.cancel(handle, reason)
        backend.cancel(handle, reason)
        [seen] = lab.settle(backend, handle)
        assert (seen.state, seen.reason) == (ENDS[reason], reason)

    def test_a_job_that_is_cancelled_before_it_starts_never_does(self, lab):
        backend = lab.backend(full=True)
        handle = backend.submit(lab.job("t", "exit 0"))
        assert backend.observe([handle])[handle].state is State.QUEUED
        backend.cancel(handle, Reason.USER)
        other = lab.backend()
        assert other.submit(lab.job("t", "exit 0"), again=True) == handle
        [seen] = lab.settle(other, handle)
        assert (seen.state, seen.reason) == (State.CANCELLED, Reason.USER)
        lab.settle(other, other.submit(lab.job("next", "exit 0")))
        assert lab.arrived(handle) == []

    def test_cancelling_after_the_end_changes_nothing(self, lab):
        backend = lab.backend()
        handle = backend.submit(lab.job("t", "exit 0"))
        [before] = lab.settle(backend, handle)
        backend.cancel(handle, Reason.USER)
        assert lab.settle(lab.backend(), handle) == [before]

    def test_arguments_arrive_byte_for_byte(self, lab):
        backend = lab.backend()
        handle = backend.submit(lab.job("t", "exit 0", *ODD))
        lab.settle(backend, handle)
        assert lab.arrived(handle) == [["exit 0", *ODD]]

    def test_five_hundred_handles_are_a_bounded_number_of_calls(self, lab):
        backend = lab.backend()
        handle = backend.submit(lab.job("t", "exit 0"))
        lab.settle(backend, handle)
        before = lab.calls()
        seen = backend.observe([handle] + [f"{handle}{n}" for n in range(499)])
        assert len(seen) >= getattr(lab, "at_once", 500)
        assert lab.calls() - before <= getattr(lab, "most_calls", 10)

    def test_values_of_the_surroundings_are_stored_nowhere(self, lab):
        backend = lab.backend()
        job = lab.job("t", "exit 0")
        handle = backend.submit(job)
        [seen] = lab.settle(backend, handle)
        shown = [lab.left(), *map(repr, (backend, vars(backend), job, handle, seen)), *backend.output(handle)]
        assert not [text for text in shown if SECRET in text]

    def test_a_backend_finds_its_own_jobs_again(self, lab):
        backend = lab.backend()
        jobs = [lab.job(name, "exit 0") for name in ("a", "b")]
        handles = {job.id: backend.submit(job) for job in jobs}
        lab.settle(backend, *handles.values())
        assert dict(lab.backend().discover("sweep-1")) == handles
        assert dict(lab.backend().discover("sweep-2")) == {}

    def test_what_a_job_printed_and_left_can_be_had(self, lab, tmp_path):
        backend = lab.backend()
        handle = backend.submit(lab.job("t", "exit 0"))
        lab.settle(backend, handle)
        assert "hello\n" in list(backend.output(handle))
        backend.fetch(handle, tmp_path / "fetched")
        assert list((tmp_path / "fetched").iterdir())

    def test_a_backend_that_is_resized_runs_more_at_once(self, lab):
        backend = lab.backend()
        free = backend.capacity()
        if free is None:
            pytest.skip("this backend queues")
        backend.resize(1)
        assert backend.capacity() == 1
        backend.resize(free + 1)
        assert backend.capacity() == free + 1

    def test_capacity_shrinks_with_what_runs_and_comes_back(self, lab):
        backend = lab.backend()
        free = backend.capacity()
        if free is None:
            pytest.skip("this backend queues")
        handles = [backend.submit(lab.job(f"t{n}", "run")) for n in range(2)]
        assert backend.capacity() == free - 2
        for handle in handles:
            with contextlib.suppress(KeyError):
                backend.cancel(handle, Reason.USER)
        lab.settle(backend, *handles)
        assert backend.capacity() >= free
