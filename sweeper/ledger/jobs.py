"""Jobs in the ledger: each legal move written once, with its event and what its trial shows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from sweeper.errors import IllegalTransition, LedgerError
from sweeper.ledger.codec import clean, to_json
from sweeper.ledger.rows import Event, JobRow
from sweeper.ledger.store import Store
from sweeper.model import Reason, State
from sweeper.states import TRANSITIONS

_NAMES = tuple(field.name for field in fields(JobRow))
_CURRENT = _NAMES[3:]
_SELECT = f"SELECT {', '.join(_NAMES)} FROM jobs"
_SELECT_LIVE = (
    f"SELECT sweep, id, job, {', '.join(_CURRENT)} FROM trials INDEXED BY live"
    " WHERE sweep = ? AND job > 0 AND state IN ('submitting', 'queued', 'running') ORDER BY submitted, id"
)
_SET = ", ".join(f"{name} = ?" for name in _CURRENT)
_NOT_LIVE = "(job = 0 OR state NOT IN ('submitting', 'queued', 'running'))"
_BEGIN = (
    f"UPDATE trials SET job = ?, attempt = ?, retry_at = ?, {_SET}"
    f" WHERE sweep = ? AND id = ? AND job < ? AND {_NOT_LIVE}"
)
_MOVE = f"UPDATE trials SET attempt = job, retry_at = ?, {_SET} WHERE sweep = ? AND id = ? AND job = ? AND state = ?"
_TOUCH = f"UPDATE trials SET {_SET} WHERE sweep = ? AND id = ? AND job = ? AND state = ?"
_ARCHIVE = (
    f"INSERT INTO earlier_jobs({', '.join(_NAMES)}) SELECT sweep, id, job, {', '.join(_CURRENT)}"
    " FROM trials WHERE sweep = ? AND id = ? AND job > 0 AND job < ?"
)
_EVENT = "INSERT INTO events(sweep, trial, attempt, time, before, after, note) VALUES(?, ?, ?, ?, ?, ?, ?)"
_STATES = {str(state): state for state in State}
_REASONS = {str(reason): reason for reason in Reason}


class Jobs(Store):
    """The current row of each job, and every move it made."""

    def record(
        self, before: JobRow | None, after: JobRow, *, time: float, note: str = "", retry_at: float | None = None
    ) -> None:
        """Write a job's move: its row, an event, and what its trial shows, in one transaction.

        ``before`` None begins a job. A job that stays in its state (a handle, a wish to cancel) leaves no event.
        ``retry_at`` says when the trial is due again; any move without it ends an earlier wait.
        Raises IllegalTransition for a move that is not in the table, LedgerError where the file holds another
        state than ``before``: somebody else wrote in between. Nothing is written then.
        """
        moved = before is None or before.state != after.state
        _check(before, after)
        with self.transaction():
            written = (
                self._begin(after, retry_at) if before is None else self._move(before, after, retry_at, moved=moved)
            )
            if not written:
                raise self._surprise(before, after)
            if moved:
                event = (
                    after.sweep,
                    after.trial,
                    after.attempt,
                    time,
                    before and before.state,
                    after.state,
                    clean(note),
                )
                self._run(_EVENT, event)

    def _begin(self, job: JobRow, retry_at: float | None) -> int:
        if job.attempt > 1:
            self._run(_ARCHIVE, (job.sweep, job.trial, job.attempt))
        values = (job.attempt, job.attempt, retry_at, *_columns(job), job.sweep, job.trial, job.attempt)
        return self._run(_BEGIN, values)

    def _move(self, before: JobRow, after: JobRow, retry_at: float | None, *, moved: bool) -> int:
        where = (after.sweep, after.trial, after.attempt, before.state)
        if moved:
            return self._run(_MOVE, (retry_at, *_columns(after), *where))
        return self._run(_TOUCH, (*_columns(after), *where))

    def _surprise(self, before: JobRow | None, after: JobRow) -> LedgerError:
        job = self._one("SELECT job, state FROM trials WHERE sweep = ? AND id = ?", (after.sweep, after.trial))
        name = f"{after.sweep}.{after.trial}.{after.attempt}"
        if job is None:
            return LedgerError(f"{after.sweep} has no trial {after.trial}", where=str(self.path))
        expected = f"attempt {after.attempt}, {before.state}" if before else f"no attempt {after.attempt}, none running"
        message = f"job {name} was changed by another process: expected {expected}; found attempt {job[0]}, {job[1]}"
        return LedgerError(message, where=str(self.path), hint="look again: `sweeper status`")

    def put_job(self, row: JobRow) -> None:
        """Write a job as it is, without a move: for rebuilding a ledger from what a backend knows."""
        with self.transaction():
            self._run(_ARCHIVE, (row.sweep, row.trial, row.attempt))
            values = (row.attempt, row.attempt, None, *_columns(row), row.sweep, row.trial, row.attempt)
            put = (
                f"UPDATE trials SET job = ?, attempt = ?, retry_at = ?, {_SET} WHERE sweep = ? AND id = ? AND job <= ?"
            )
            if not self._run(put, values):
                raise self._surprise(None, row)

    def live_jobs(self, sweep: str) -> list[JobRow]:
        """Jobs that have not ended, oldest first."""
        return [_row(row) for row in self._all(_SELECT_LIVE, (sweep,))]

    def job(self, sweep: str, trial: str, attempt: int) -> JobRow | None:
        """One attempt of a trial."""
        row = self._one(f"{_SELECT} WHERE sweep = ? AND trial = ? AND attempt = ?", (sweep, trial, attempt))
        return None if row is None else _row(row)

    def jobs(self, sweep: str, trial: str) -> list[JobRow]:
        """All attempts of a trial, first to last."""
        return [
            _row(row) for row in self._all(f"{_SELECT} WHERE sweep = ? AND trial = ? ORDER BY attempt", (sweep, trial))
        ]

    def events(self, sweep: str, trial: str | None = None) -> Iterator[Event]:
        """Every move of a sweep's jobs, or of one trial's, in the order they were written."""
        sql = "SELECT seq, sweep, trial, attempt, time, before, after, note FROM events WHERE sweep = ?"
        if trial is None:
            return map(_event, self.select(f"{sql} ORDER BY seq", (sweep,)))
        return map(_event, self.select(f"{sql} AND trial = ? ORDER BY seq", (sweep, trial)))


def _check(before: JobRow | None, after: JobRow) -> None:
    if before is None:
        if after.state is not State.SUBMITTING or after.attempt < 1:
            raise IllegalTransition(
                f"a job begins as submitting, attempt 1 or later; not {after.state}, {after.attempt}"
            )
        return
    if (before.sweep, before.trial, before.attempt) != (after.sweep, after.trial, after.attempt):
        raise IllegalTransition("a move must be of one job")
    if after.state != before.state and after.state not in TRANSITIONS[before.state]:
        raise IllegalTransition(f"a job that is {before.state} cannot become {after.state}")


def _columns(row: JobRow) -> tuple[Any, ...]:
    return (
        *(row.state, row.reason, row.handle, to_json(row.args), clean(row.slot), row.submitted),
        *(row.started, row.ended, row.code, clean(row.note), row.cancel),
    )


def _row(columns: Sequence[Any]) -> JobRow:
    sweep, trial, attempt, state, reason, handle, args, *rest = columns
    return JobRow(sweep, trial, attempt, _STATES[state], _REASONS[reason], handle, tuple(json.loads(args)), *rest)


def _event(columns: Sequence[Any]) -> Event:
    seq, sweep, trial, attempt, time, before, after, note = columns
    return Event(seq, sweep, trial, attempt, time, before and _STATES[before], _STATES[after], note)
