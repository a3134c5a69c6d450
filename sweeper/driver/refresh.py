"""A look at a sweep that nobody drives: what its trials have come to, without starting any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sweeper.backends import registry
from sweeper.backends.protocol import Backend
from sweeper.clock import SystemClock
from sweeper.config import parse
from sweeper.driver.prepare import interpreter
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.ledger.rows import SweepRow
from sweeper.model import Sweep, Trial
from sweeper.surroundings import Surroundings


def stored(row: SweepRow) -> Sweep:
    """The sweep as it was last launched."""
    sweep = parse(row.config, path=row.config_path, backends=tuple(registry.BACKENDS))
    return replace(sweep, backend=row.backend)


def backend_of(row: SweepRow, here: Surroundings) -> Backend:
    """The backend that has the sweep's jobs."""
    return _made(stored(row), here)


def _made(sweep: Sweep, here: Surroundings) -> Backend:
    return registry.make(sweep, here, python=interpreter(sweep.trainer, here))


def refresh(ledger: Ledger, row: SweepRow, here: Surroundings, *, cancel: bool | Sequence[str] = False) -> int | None:
    """Write down what became of the live jobs; with ``cancel`` (all, or the ids of some), stop them and wait for it.

    Returns the process that drives the sweep, which writes everything down itself; None where there is none.
    """
    with sweep_lock(here.home, row.id) as lock:
        if not lock.held:
            return lock.pid or 0
        if not ledger.live_jobs(row.id):
            return None
        sweep = stored(row)
        backend = _made(sweep, here)
        try:
            reconciler = Reconciler(Work(sweep, row.id, 0, 1, _none, _nothing), ledger, backend, SystemClock())
            reconciler.look()
            if cancel:
                reconciler.settle()
                wanted = [None] if cancel is True else list(cancel)
                for trial in wanted:
                    reconciler.cancel(trial)
                while reconciler.is_live(wanted):
                    backend.wait(0.2)
                    reconciler.look()
        finally:
            backend.close()
    return None


def _none(number: int) -> Trial:
    raise IndexError(number)


def _nothing(trial: Trial) -> tuple[str, ...]:
    return ()
