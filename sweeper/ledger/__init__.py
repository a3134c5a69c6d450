"""The ledger: one SQLite file with the current row of each sweep, trial and job, and every move they made."""

from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.ledger.rows import Event, JobRow, Request, StudyRow, SweepRow, TrialRow

__all__ = ["Event", "JobRow", "Ledger", "Request", "StudyRow", "SweepRow", "TrialRow", "open_ledger", "sweep_lock"]
