"""Jobs in the ledger: each legal move written once, with its event and what its trial shows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sweeper.errors import IllegalTransition, LedgerError
from sweeper.lean import fields
from sweeper.ledger.codec import assignments, clean, to_json, whole
from sweeper.ledger.rows import Event, JobRow, TrialRow
from sweeper.ledger.schema import COUNTS
from sweeper.ledger.store import Store
from sweeper.model import Reason, State
from sweeper.states import LIVE, TRANSITIONS

_NAMES = tuple(field.name for field in fields(JobRow))
_CURRENT = _NAMES[3:]
_SELECT = f"SELECT {', '.join(_NAMES)} FROM jobs"
# There is no index of live jobs, whose page each commit would have to write. They are nearly always the newest rows,
# and their number is known: read backwards, stop at the last of them.
_LIVE = (
    f"SELECT sweep, id, job, {', '.join(_CURRENT)} FROM trials NOT INDEXED WHERE sweep = ? AND live ORDER BY rowid DESC"
)
_LIVE_REMOVED = "SELECT count(*) FROM trials WHERE sweep = ? AND removed AND live"
_MOVING = tuple(name for name in _CURRENT if name not in ("args", "submitted"))
_FREE = "trials.job < excluded.job AND (trials.job = 0 OR NOT trials.live)"
_START = (
    "INSERT INTO trials(sweep, id, number, point, params, repeat, seed, digest, job, attempt, slot, args, submitted,"
    " handle, cancel, moved, why, note, state, reason, removed, metric_note)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'submitting', '', 0, '')"
    " ON CONFLICT(sweep, id) DO UPDATE SET number = excluded.number, point = excluded.point, params = excluded.params,"
    " repeat = excluded.repeat, seed = excluded.seed, digest = excluded.digest, job = excluded.job,"
    " attempt = excluded.attempt, slot = excluded.slot, args = excluded.args, submitted = excluded.submitted,"
    " handle = excluded.handle, cancel = excluded.cancel, moved = excluded.moved, why = excluded.why,"
    " note = excluded.note, state = excluded.state, reason = '', removed = 0, retry_at = NULL, started = NULL,"
    f" ended = NULL, code = NULL WHERE {_FREE}"
)
_BEGIN = (
    f"UPDATE trials SET job = ?, attempt = ?, moved = ?, why = ?, retry_at = ?, {assignments(_CURRENT)}"
    " WHERE sweep = ? AND id = ? AND job < ? AND (job = 0 OR NOT live)"
)
_MOVE = (
    "UPDATE trials SET attempt = job, moved = ?, why = ?, retry_at = ?, state = ?, reason = ?, handle = ?, slot = ?,"
    " started = ?, ended = ?, code = ?, note = ?, cancel = ?"
    " WHERE sweep = ? AND id = ? AND job = ? AND state = ?"
)
_STAY = f"UPDATE trials SET {assignments(_MOVING)} WHERE sweep = ? AND id = ? AND job = ? AND state = ?"
_PUT = (
    f"UPDATE trials SET job = ?, attempt = ?, moved = NULL, {assignments(_CURRENT)}"
    " WHERE sweep = ? AND id = ? AND job <= ?"
)
_STATES = {str(state): state for state in State}
_REASONS = {str(reason): reason for reason in Reason}


class Jobs(Store):
    """The current row of each job, and every move it made."""

    def record(
        self, before: JobRow | None, after: JobRow, *, time: float, note: str = "", retry_at: float | None = None
    ) -> None:
        """Write a job's move: its row, an event, and what its trial shows, at once.

        ``before`` None begins a job; its ``args`` and ``submitted`` are fixed from then on. A job that stays in its
        state (a handle, a wish to cancel) leaves no event. ``retry_at`` says when the trial is due again; any move
        without it ends an earlier wait. Raises IllegalTransition for a move that is not in the table, LedgerError
        where the file holds another state than ``before``: somebody else wrote in between. Nothing is written then.
        """
        _check(before, after)
        # One statement each: SQLite's triggers write the event, so that there is no transaction to open.
        if before is None:
            event = (after.attempt, after.attempt, time, clean(note), retry_at)
            written = self._run(_BEGIN, (*event, *_columns(after), after.sweep, after.trial, after.attempt))
        elif before.state is after.state:
            written = self._run(_STAY, (*_moving(after), *_place(before)))
        else:
            written = self._run(_MOVE, (time, clean(note), retry_at, *_moving(after), *_place(before)))
        if not written:
            raise self._surprise(before, after)

    def begin(self, trial: TrialRow, job: JobRow, *, time: float, note: str = "") -> None:
        """``put_trial`` and ``record(None, job)`` in one statement; what the trial measured earlier stays."""
        _check(None, job)
        values = (
            *(trial.sweep, trial.id, trial.number, trial.point, to_json(dict(trial.params)), trial.repeat),
            *(whole(trial.seed), trial.digest, job.attempt, job.attempt, clean(job.slot), to_json(job.args)),
            *(job.submitted, job.handle, job.cancel, time, clean(note), clean(job.note)),
        )
        if not self._run(_START, values):
            raise self._surprise(None, job)

    def _surprise(self, before: JobRow | None, after: JobRow) -> LedgerError:
        job = self._one("SELECT job, state FROM trials WHERE sweep = ? AND id = ?", (after.sweep, after.trial))
        if job is None:
            return LedgerError(f"{after.sweep} has no trial {after.trial}", where=str(self.path))
        expected = f"attempt {before.attempt} {before.state}" if before else f"attempt {after.attempt} not begun"
        found = f"attempt {job[0]} {job[1]}" if job[0] else "no attempt"
        name = f"{after.sweep}.{after.trial}.{after.attempt}"
        message = f"job {name} was changed by another process: expected {expected}, found {found}"
        return LedgerError(message, where=str(self.path), hint="look again with `sweeper status`")

    def put_job(self, row: JobRow) -> None:
        """Write a job as it is, without a move: for rebuilding a ledger from what a backend knows."""
        if not self._run(_PUT, (row.attempt, row.attempt, *_columns(row), row.sweep, row.trial, row.attempt)):
            raise self._surprise(None, row)

    def live_jobs(self, sweep: str) -> list[JobRow]:
        """Jobs that have not ended, oldest first."""
        with self._snapshot():
            counted = sum(n for state, n in self._all(COUNTS, (sweep, sweep, sweep)) if state in LIVE)
            removed = sum(n for (n,) in self._all(_LIVE_REMOVED, (sweep,)))
            rows = self._all(f"{_LIVE} LIMIT ?", (sweep, counted + removed))
        return [job for job in self._decoded(_row, reversed(rows)) if job.attempt > 0]

    def job(self, sweep: str, trial: str, attempt: int) -> JobRow | None:
        """One attempt of a trial."""
        rows = self._all(f"{_SELECT} WHERE sweep = ? AND trial = ? AND attempt = ?", (sweep, trial, attempt))
        return next(self._decoded(_row, rows), None)

    def jobs(self, sweep: str, trial: str) -> list[JobRow]:
        """All attempts of a trial, first to last."""
        rows = self._all(f"{_SELECT} WHERE sweep = ? AND trial = ? ORDER BY attempt", (sweep, trial))
        return list(self._decoded(_row, rows))

    def events(self, sweep: str, trial: str | None = None) -> Iterator[Event]:
        """Every move of a sweep's jobs, or of one trial's, in the order they were written."""
        sql = "SELECT seq, sweep, trial, attempt, time, before, after, note FROM events WHERE sweep = ?"
        if trial is None:
            return self._decoded(_event, self.select(f"{sql} ORDER BY seq", (sweep,)))
        return self._decoded(_event, self.select(f"{sql} AND trial = ? ORDER BY seq", (sweep, trial)))

    def events_since(self, seq: int, sweep: str) -> list[Event]:
        """The moves of a sweep's jobs after the one of that number, in order; costs what is new."""
        sql = "SELECT seq, sweep, trial, attempt, time, before, after, note FROM events WHERE seq > ? AND sweep = ?"
        return list(self._decoded(_event, self._all(f"{sql} ORDER BY seq", (seq, sweep))))

    def last_event(self) -> int:
        """The number of the newest move of any sweep; 0 where there was none."""
        return int(next(self.select("SELECT coalesce(max(seq), 0) FROM events"))[0])


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


def _place(job: JobRow) -> tuple[str, str, int, str]:
    return job.sweep, job.trial, job.attempt, job.state.value


def _columns(row: JobRow) -> tuple[Any, ...]:
    state, reason, handle, *rest = _moving(row)
    slot, *end = rest
    return (state, reason, handle, to_json(row.args), slot, row.submitted, *end)


def _moving(row: JobRow) -> tuple[Any, ...]:
    # Plain strings: SQLite's adapter takes a detour for every enum.
    return (
        *(row.state.value, row.reason.value, row.handle, row.slot),
        *(row.started, row.ended, row.code, clean(row.note), row.cancel),
    )


def _row(columns: Sequence[Any]) -> JobRow:
    sweep, trial, attempt, state, reason, handle, args, *rest = columns
    return JobRow(sweep, trial, attempt, _STATES[state], _REASONS[reason], handle, tuple(json.loads(args)), *rest)


def _event(columns: Sequence[Any]) -> Event:
    seq, sweep, trial, attempt, time, before, after, note = columns
    return Event(seq, sweep, trial, attempt, time, before and _STATES[before], _STATES[after], note)
