"""A crash at a chosen boundary: wrappers that stop before and after each ledger write, submit and observe."""

from sweeper.model import Job

WRITES = ("begin", "update_trial", "record", "add_measurements", "set_metric", "update_sweep", "take_requests")


class Crash(BaseException):
    """The process dies here. Not an Exception: nothing may catch it."""


class Boundary:
    """Counts the places where a crash is possible and crashes at the chosen one."""

    def __init__(self, crash_at=None):
        self.passed = 0
        self.crash_at = crash_at

    def __call__(self):
        self.passed += 1
        if self.passed == self.crash_at:
            raise Crash(self.passed)


class CrashingLedger:
    """A ledger that dies around every write and every commit."""

    def __init__(self, ledger, boundary):
        self._ledger = ledger
        self._boundary = boundary

    def __getattr__(self, name):
        found = getattr(self._ledger, name)
        if name == "transaction":
            return lambda **kwargs: CrashingTransaction(found(**kwargs), self._boundary)
        if name not in WRITES:
            return found

        def write(*args, **kwargs):
            self._boundary()
            result = found(*args, **kwargs)
            self._boundary()
            return result

        return write


class CrashingTransaction:
    """Dies before it begins, before it commits and after it has committed."""

    def __init__(self, inner, boundary):
        self._inner = inner
        self._boundary = boundary

    def __enter__(self):
        self._boundary()
        return self._inner.__enter__()

    def __exit__(self, kind, error, trace):
        if kind is None:
            try:
                self._boundary()
            except Crash as crash:
                self._inner.__exit__(type(crash), crash, crash.__traceback__)
                raise
        result = self._inner.__exit__(kind, error, trace)
        if kind is None:
            self._boundary()
        return result


class CrashingBackend:
    """A backend in front of which the launcher dies before and after each call."""

    def __init__(self, backend, boundary):
        self._backend = backend
        self._boundary = boundary

    def __getattr__(self, name):
        found = getattr(self._backend, name)
        if name not in ("submit", "observe", "cancel"):
            return found

        def call(*args, **kwargs):
            self._boundary()
            result = found(*args, **kwargs)
            self._boundary()
            return result

        return call


class SubmitFirst:
    """The mistake that the intents are there for: the job is started before it is written down, under a new name."""

    def __init__(self, backend):
        self._backend = backend
        self._count = 0

    def __getattr__(self, name):
        return getattr(self._backend, name)

    def submit(self, job, *, again=False):
        self._count += 1
        forgetful = Job(job.sweep_id, f"{job.trial_id}-{id(self)}-{self._count}", job.attempt, job.args, job.trainer)
        return self._backend.submit(forgetful)
