"""The ledger as callers see it: every table's verbs on one open file."""

from __future__ import annotations

from pathlib import Path

from sweeper.ledger.connection import connect
from sweeper.ledger.jobs import Jobs
from sweeper.ledger.measurements import Measurements
from sweeper.ledger.requests import Requests
from sweeper.ledger.studies import StudyRows
from sweeper.ledger.sweeps import Sweeps
from sweeper.ledger.trials import Trials


class Ledger(Sweeps, Trials, Jobs, Measurements, Requests, StudyRows):
    """What is known of every sweep. Each call is atomic by itself; ``transaction`` groups several."""

    def runs(self, sweep: str) -> bool:
        """Whether a job or a tuning job of the sweep has not ended."""
        return bool(self.live_jobs(sweep)) or self.live_study(sweep) is not None


def open_ledger(home: Path, *, create: bool = True) -> Ledger:
    """The ledger of a ``.sweeper`` folder, made if need be and ``create`` allows.

    Raises LedgerError for a file that is not a ledger, is damaged or is newer than this sweeper; it is not touched.
    """
    path, connection = connect(home, create=create)
    return Ledger(path, connection)
