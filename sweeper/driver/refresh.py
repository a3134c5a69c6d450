"""A look at a sweep that nobody drives: what its trials have come to, without starting any."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Self

from sweeper.backends import registry
from sweeper.backends.protocol import Backend, Barred
from sweeper.clock import SystemClock
from sweeper.config import parse
from sweeper.driver.halt import gist
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.trainers import interpreter
from sweeper.driver.work import Work
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.ledger.rows import SweepRow
from sweeper.model import Sweep, Trial
from sweeper.surroundings import Surroundings

LAST_SEEN = "what follows is as it was last seen: "


def stored(row: SweepRow) -> Sweep:
    """The sweep as it was last launched."""
    sweep = parse(row.config, path=row.config_path, backends=tuple(registry.BACKENDS))
    return replace(sweep, backend=row.backend)


def backend_of(row: SweepRow, here: Surroundings) -> Backend:
    """The backend that has the sweep's jobs."""
    return _made(stored(row), row, here)


def _made(sweep: Sweep, row: SweepRow, here: Surroundings) -> Backend:
    place = row.settings.get("place")
    if place is None:
        return registry.make(sweep, here, python=interpreter(sweep.trainer, here))
    from sweeper.google.place import from_json  # only where it is needed

    return registry.make(sweep, here, python=here.python, place=from_json(place))


class Kept:
    """The backend of one sweep, for somebody who looks again and again: it remembers what it has read."""

    def __init__(self) -> None:
        self._backend: Backend | None = None
        self.told = ""
        """What was said last of why there is no news."""

    def backend(self, row: SweepRow, here: Surroundings) -> Backend:
        """Made by the first look."""
        self._backend = self._backend or backend_of(row, here)
        return self._backend

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._backend is not None:
            self._backend.close()


def refresh(
    ledger: Ledger,
    row: SweepRow,
    here: Surroundings,
    *,
    cancel: bool | Sequence[str] = False,
    kept: Kept | None = None,
) -> int | None:
    """Write down what became of the live jobs; with ``cancel`` (all, or the ids of some), stop them and wait for it.

    Returns the process that drives the sweep, which writes everything down itself; None where there is none.
    """
    with sweep_lock(here.home, row.id) as lock:
        if not lock.held:
            return lock.pid or 0
        if not ledger.live_jobs(row.id):
            return None
        with nullcontext(kept) if kept else Kept() as keeper:
            backend = keeper.backend(row, here)
            work = Work(stored(row), row.id, 0, 1, _none, _nothing)
            reconciler = Reconciler(work, ledger, backend, SystemClock())
            try:
                _look(reconciler, here, keeper, waits=bool(cancel or kept))
            except Barred as error:
                if cancel or kept:  # who waits for an end would wait for ever
                    raise
                here.say(f"{LAST_SEEN}{error}")
                return None
            if cancel:
                wanted = [None] if cancel is True else list(cancel)
                for trial in wanted:
                    reconciler.cancel(trial)
                reconciler.settle()
                while reconciler.is_live(wanted):
                    backend.wait(0.2)
                    _look(reconciler, here, keeper, waits=True)
                    reconciler.settle()
    return None


def _look(reconciler: Reconciler, here: Surroundings, keeper: Kept, *, waits: bool) -> None:
    reconciler.look()
    trouble = reconciler.tally.trouble
    if gist(trouble) != gist(keeper.told):
        keeper.told = trouble
        if trouble:
            here.say(trouble if waits else LAST_SEEN + trouble.partition(": ")[2])


def _none(number: int) -> Trial:
    raise IndexError(number)


def _nothing(trial: Trial) -> tuple[str, ...]:
    return ()
