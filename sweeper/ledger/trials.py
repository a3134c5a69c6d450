"""Trials in the ledger: put, look up, stream, count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sweeper.errors import LedgerError, UserError
from sweeper.lean import fields
from sweeper.ledger.codec import assignments, clean, metric_columns, params_from_json, to_json, whole
from sweeper.ledger.rows import TrialRow
from sweeper.ledger.schema import COUNTS
from sweeper.ledger.store import Store
from sweeper.model import Reason, State

_NAMES = tuple(field.name for field in fields(TrialRow))
_MIRRORED = _NAMES[_NAMES.index("attempt") :]
_OWN = tuple(name for name in _NAMES[2:] if name not in _MIRRORED)
_SELECT = f"SELECT {', '.join(_NAMES)} FROM trials"
_KEPT = ", ".join(f"{name} = CASE job WHEN 0 THEN excluded.{name} ELSE {name} END" for name in _MIRRORED)
_PUT = (
    f"INSERT INTO trials({', '.join(_NAMES)}) VALUES({', '.join('?' * len(_NAMES))})"
    f" ON CONFLICT(sweep, id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _OWN)}, {_KEPT}"
)
_STATES = {str(state): state for state in State}
_REASONS = {str(reason): reason for reason in Reason}


class Trials(Store):
    """The rows of ``trials``."""

    def put_trial(self, row: TrialRow) -> None:
        """Add or replace a trial. What mirrors its job (state, attempt, times, ...) is left alone once it has one."""
        self._run(_PUT, _columns(row))

    def put_trials(self, rows: Iterable[TrialRow]) -> None:
        """``put_trial`` for many, all or none."""
        with self.transaction():
            self._many(_PUT, map(_columns, rows))

    def trial(self, sweep: str, trial: str) -> TrialRow | None:
        """The trial of exactly this id."""
        return next(iter(self._some("id = ?", sweep, trial)), None)

    def trials(self, sweep: str) -> Iterator[TrialRow]:
        """All trials of a sweep by number, removed ones too; streamed."""
        return self._decoded(_row, self.select(f"{_SELECT} WHERE sweep = ? ORDER BY number, id", (sweep,)))

    def trial_ids_exist(self, sweep: str, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` that the ledger knows."""
        wanted = to_json(list(ids))
        known = "SELECT id FROM trials WHERE sweep = ? AND id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self.select(known, (sweep, wanted))}

    def trials_among(self, sweep: str, ids: Iterable[str]) -> list[TrialRow]:
        """The trials of these ids, as far as the ledger has them."""
        return self._some("id IN (SELECT value FROM json_each(?))", sweep, to_json(list(ids)))

    def find_trial(self, sweep: str, text: str) -> TrialRow:
        """What a person means: an id, a number as ``#12`` or ``12``, or the start of one id."""
        exact = self.trial(sweep, text)
        found = [exact] if exact else self._numbered(sweep, text) or self._starting_with(sweep, text)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(row.id for row in found)
            raise UserError(f"'{text}' fits more than one trial of {sweep}", hint=f"one of {ids}")
        raise UserError(f"{sweep} has no trial '{text}'", hint="`sweeper results` lists their ids")

    def _numbered(self, sweep: str, text: str) -> list[TrialRow]:
        digits = text.removeprefix("#")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
            return []
        return self._some("number = ? ORDER BY removed, id LIMIT 1", sweep, int(digits))

    def _starting_with(self, sweep: str, text: str) -> list[TrialRow]:
        return self._some("id >= ? AND substr(id, 1, ?) = ? LIMIT 5", sweep, text, len(text), text) if text else []

    def _some(self, where: str, sweep: str, *values: object) -> list[TrialRow]:
        return list(self._decoded(_row, self._all(f"{_SELECT} WHERE sweep = ? AND {where}", (sweep, *values))))

    def due(self, sweep: str, now: float, limit: int) -> list[TrialRow]:
        """Trials whose retry is due, longest due first."""
        return self._some("retry_at <= ? AND NOT removed ORDER BY retry_at LIMIT ?", sweep, now, limit)

    def next_due(self, sweep: str) -> float | None:
        """When the next retry is due."""
        sql = "SELECT min(retry_at) FROM trials WHERE sweep = ? AND retry_at IS NOT NULL AND NOT removed"
        row = self._one(sql, (sweep,))
        return row[0] if row else None

    def stopped_early(self, sweep: str) -> list[str]:
        """Trials whose newest job was ended by a stopping rule."""
        sql = (
            "SELECT id FROM trials WHERE sweep = ? AND state = 'succeeded' AND reason = 'stopped_early' AND NOT removed"
        )
        return [row[0] for row in self.select(sql, (sweep,))]

    def update_trial(self, sweep: str, trial: str, **values: Any) -> None:
        """Change some fields of a trial; where it stands is changed by ``record`` alone."""
        unknown = values.keys() - set(_OWN)
        if unknown:
            raise TypeError(f"a trial has no field {', '.join(sorted(unknown))} that could be changed here")
        columns = [_column(name, value) for name, value in values.items()]
        statement = f"UPDATE trials SET {assignments(values)} WHERE sweep = ? AND id = ?"
        if values and not self._run(statement, [*columns, sweep, trial]):
            raise LedgerError(f"{sweep} has no trial {trial}", where=str(self.path))

    def set_metric(self, sweep: str, trial: str, value: float | None, note: str = "") -> None:
        """The number that the trial is ranked by; NaN says so in the note."""
        metric, note = metric_columns(value, note)
        self.update_trial(sweep, trial, metric=metric, metric_note=note)

    def mark_removed(self, sweep: str, ids: Iterable[str], removed: bool = True) -> None:
        """Say of trials that their point is no longer in the config, or is again."""
        statement = "UPDATE trials SET removed = ? WHERE sweep = ? AND id = ? AND removed <> ?"
        with self.transaction():
            self._many(statement, ((removed, sweep, trial, removed) for trial in ids))

    def counts(self, sweep: str) -> dict[State, int]:
        """How many trials are in each state, removed ones left out; costs the same at any size."""
        rows = self._all(COUNTS, (sweep, sweep, sweep))
        return {_STATES[state]: n for state, n in rows if n}


def _column(name: str, value: Any) -> Any:
    match name:
        case "params":
            return to_json(dict(value))
        case "seed":
            return whole(value)
        case _:
            return clean(value) if isinstance(value, str) else value


def _columns(row: TrialRow) -> list[Any]:
    metric, metric_note = metric_columns(row.metric, row.metric_note)
    return [
        *(row.sweep, row.id, row.number, row.point, to_json(dict(row.params)), row.repeat, whole(row.seed)),
        *(int(row.removed), metric, metric_note, row.digest, row.retry_at),
        *(row.attempt, row.state.value, row.reason.value),
        *(row.started, row.ended, row.code, clean(row.note)),
    ]


def _row(columns: Sequence[Any]) -> TrialRow:
    values = dict(zip(_NAMES, columns, strict=True))
    values["params"] = params_from_json(values["params"])
    values["seed"] = int(values["seed"])
    values["removed"] = bool(values["removed"])
    values["state"] = _STATES[values["state"]]
    values["reason"] = _REASONS[values["reason"]]
    return TrialRow(**values)
