"""A sweep of trials with known curves over a fake service: one step a second, more than one launcher if need be."""

import contextlib
import dataclasses

from crashing import Boundary, Crash, CrashingBackend, CrashingLedger

from sweeper.backends.fake import FakeBackend, FakeService, Outcome
from sweeper.clock import FakeClock
from sweeper.driver.drive import Hand, drive
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.work import Work
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import EarlyStopping, Limits, Measurement, Observation, Space, State, Sweep, Trainer, Trial

DONE = Observation(State.SUCCEEDED, code=0)


def going(values, *, seconds=None, end=DONE):
    """A job that reports a value each second."""
    reports = tuple((float(step), Measurement("accuracy", value, step)) for step, value in enumerate(values, start=1))
    return Outcome(seconds if seconds is not None else len(values) + 0.5, end, reports=reports)


class Lab:
    """``curves``: trial number -> its values, or what its job comes to."""

    def __init__(self, home, curves, *, parallel=2, code_retries=0, **settings):
        self.home = home
        self._curves = curves
        self._parallel = parallel
        limits = Limits(retries=1, code_retries=code_retries, parallel=parallel)
        stopping = EarlyStopping(**settings) if settings else None
        self._sweep = Sweep("digits", Trainer("t"), Space(()), limits=limits, early_stopping=stopping)
        self.service = FakeService(FakeClock(), self._outcome)

    def _outcome(self, job):
        found = self._curves[int(job.trial_id[1:])]
        found = found(job) if callable(found) else found
        return found if isinstance(found, Outcome) else going(found)

    def launch(self, *, boundary=None, hand=None, backend=lambda backend: backend):
        """One life of a launcher, to its end or its crash; how many boundaries it passed."""
        boundary = boundary or Boundary()
        count = len(self._curves)
        work = Work(self._sweep, "digits-1", count, count, _trial, lambda trial: (f"--x={trial.number}",))
        with open_ledger(self.home) as ledger:
            if ledger.sweep("digits-1") is None:
                ledger.add_sweep(SweepRow("digits-1", "digits", 0.0))
            behind = CrashingBackend(backend(FakeBackend(self.service, parallel=self._parallel)), boundary)
            reconciler = Reconciler(work, CrashingLedger(ledger, boundary), behind, self.service.clock)
            drive(reconciler, behind, self.service.clock, hand=hand or Hand())
        return boundary.passed

    def crash(self, at, **kwargs):
        """A life that ends at a boundary."""
        with contextlib.suppress(Crash):
            self.launch(boundary=Boundary(at), **kwargs)

    def again(self, **settings):
        """The config was changed."""
        self._sweep = dataclasses.replace(self._sweep, early_stopping=EarlyStopping(**settings))

    def retry(self, trial):
        """As ``sweeper retry`` does."""
        with open_ledger(self.home) as ledger:
            ledger.update_trial("digits-1", trial, retry_at=self.service.clock.now())

    def rows(self):
        """Trial -> its row."""
        with open_ledger(self.home) as ledger:
            return {row.id: row for row in ledger.trials("digits-1")}

    def ends(self):
        """Trial -> (state, reason)."""
        return {trial: (str(row.state), str(row.reason)) for trial, row in self.rows().items()}

    def events(self, trial):
        """(attempt, state, note) of each move."""
        with open_ledger(self.home) as ledger:
            return [(one.attempt, str(one.after), one.note) for one in ledger.events("digits-1", trial)]

    def steps(self, trial):
        """How many steps of it are on disk."""
        with open_ledger(self.home) as ledger:
            return max((one.step for _, one in ledger.measurements("digits-1", trial)), default=0)


def _trial(number):
    return Trial(f"t{number}", number, f"t{number}", {"x": number})
