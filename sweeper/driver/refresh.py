"""A look at a sweep that nobody drives: what its trials have come to, without starting any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from sweeper.backends import registry
from sweeper.backends.protocol import Backend, Barred
from sweeper.clock import SystemClock
from sweeper.config import parse
from sweeper.driver.confirm import from_facts
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

if TYPE_CHECKING:  # only a tuning service needs them
    from sweeper.driver.studying import StudyReconciler
    from sweeper.studies.protocol import Studies

LAST_SEEN = "what follows is as it was last seen: "


def stored(row: SweepRow) -> Sweep:
    """The sweep as it was last launched."""
    sweep = parse(row.config, path=row.config_path, backends=tuple(registry.BACKENDS))
    return from_facts(replace(sweep, backend=row.backend), row.settings)


class Outputs(Protocol):
    """What jobs and the trials of a study have in common once they are there."""

    def output(self, handle: str) -> Iterable[str]:
        """What it printed so far, line by line."""

    def fetch(self, handle: str, into: Path) -> None:
        """Copy the trial's output folder into ``into``."""

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or earlier where something may have changed."""

    def close(self) -> None:
        """Let go of what this process holds."""


def backend_of(row: SweepRow, here: Surroundings) -> Outputs:
    """Whoever has the sweep's trials: a backend its jobs, a tuning service its study."""
    return studies_of(row, here) if row.is_study else jobs_of(row, here)


def jobs_of(row: SweepRow, here: Surroundings) -> Backend:
    """The backend that has the sweep's jobs."""
    sweep = stored(row)
    place = row.settings.get("place")
    if place is None:
        return registry.make(sweep, here, python=interpreter(sweep.trainer, here))
    from sweeper.google.place import from_json  # only where it is needed

    return registry.make(sweep, here, python=here.python, place=from_json(place))


def studies_of(row: SweepRow, here: Surroundings) -> Studies:
    """The tuning service that has the sweep's study."""
    from sweeper.google.place import from_json
    from sweeper.studies import registry as studies

    return studies.make(stored(row), here, place=from_json(row.settings["place"]))


class Kept:
    """The backend of one sweep, for somebody who looks again and again: it remembers what it has read."""

    def __init__(self) -> None:
        self._backend: Any = None
        self.told = ""
        """What was said last of why there is no news."""

    def backend(self, row: SweepRow, here: Surroundings) -> Any:
        """A Backend or Studies, made by the first look."""
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
        if not ledger.runs(row.id):
            return None
        with nullcontext(kept) if kept else Kept() as keeper:
            backend = keeper.backend(row, here)
            reconciler = _passes(ledger, row, backend)
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


def _passes(ledger: Ledger, row: SweepRow, backend: Any) -> Reconciler | StudyReconciler:
    if row.is_study:
        from sweeper.driver import study_launch

        return study_launch.look(stored(row), row, ledger, backend, SystemClock())
    return Reconciler(Work(stored(row), row.id, 0, 1, _none, _nothing), ledger, backend, SystemClock())


def _look(reconciler: Reconciler | StudyReconciler, here: Surroundings, keeper: Kept, *, waits: bool) -> None:
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
