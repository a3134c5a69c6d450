"""Tuning jobs in the ledger: begun before the service is asked, moved as the service says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sweeper.errors import IllegalTransition, LedgerError
from sweeper.lean import fields
from sweeper.ledger.codec import assignments, clean, marks
from sweeper.ledger.rows import StudyRow
from sweeper.ledger.store import Store
from sweeper.model import Reason, State
from sweeper.states import FINAL, TRANSITIONS

_NAMES = tuple(field.name for field in fields(StudyRow))
_MOVING = tuple(name for name in _NAMES if name not in ("sweep", "attempt", "trials", "resume", "submitted"))
_SELECT = f"SELECT {', '.join(_NAMES)} FROM studies WHERE sweep = ?"
_BEGIN = (
    f"INSERT INTO studies({', '.join(_NAMES)}) SELECT {marks(len(_NAMES))}"
    f" WHERE NOT EXISTS (SELECT 1 FROM studies WHERE sweep = ? AND (attempt >= ?"
    f" OR state NOT IN ({', '.join(repr(state.value) for state in sorted(FINAL))})))"
)
_MOVE = f"UPDATE studies SET {assignments(_MOVING)} WHERE sweep = ? AND attempt = ? AND state = ?"


class StudyRows(Store):
    """The rows of ``studies``. A sweep has one that has not ended at most."""

    def begin_study(self, row: StudyRow) -> None:
        """Write the intent. LedgerError where the attempt is there, or an earlier one has not ended."""
        if row.state is not State.SUBMITTING or row.attempt < 1:
            raise IllegalTransition(f"a study begins as submitting, attempt 1 or later; not {row.state}, {row.attempt}")
        if not self._run(_BEGIN, (*_columns(row, _NAMES), row.sweep, row.attempt)):
            raise self._stranger(row)

    def move_study(self, before: StudyRow, after: StudyRow) -> None:
        """Write what became of it; IllegalTransition for a move that is not in the table."""
        if after.state != before.state and after.state not in TRANSITIONS[before.state]:
            raise IllegalTransition(f"a study that is {before.state} cannot become {after.state}")
        if not self._run(_MOVE, (*_columns(after, _MOVING), before.sweep, before.attempt, before.state.value)):
            raise self._stranger(before)

    def studies(self, sweep: str) -> list[StudyRow]:
        """All attempts, first to last."""
        return list(self._decoded(_row, self._all(f"{_SELECT} ORDER BY attempt", (sweep,))))

    def live_study(self, sweep: str) -> StudyRow | None:
        """The attempt that has not ended."""
        return next((row for row in self.studies(sweep) if row.state not in FINAL), None)

    def _stranger(self, row: StudyRow) -> LedgerError:
        message = f"attempt {row.attempt} at the study of {row.sweep} was changed by another process"
        return LedgerError(message, where=str(self.path), hint="look again with `sweeper status`")


def _columns(row: StudyRow, names: Sequence[str]) -> list[Any]:
    values = (getattr(row, name) for name in names)
    return [str(one) if isinstance(one, (State, Reason)) else clean(one) if type(one) is str else one for one in values]


def _row(columns: Sequence[Any]) -> StudyRow:
    sweep, attempt, state, reason, *rest = columns
    return StudyRow(sweep, attempt, State(state), Reason(reason), *rest)
