"""Sweeps in the ledger: add, find by what a person types, update."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sweeper.errors import LedgerError, UserError
from sweeper.lean import fields
from sweeper.ledger.codec import assignments, clean, marks, metric_from_json, metric_to_json, to_json
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.store import Store

_NAMES = tuple(field.name for field in fields(SweepRow))
_SELECT = f"SELECT {', '.join(_NAMES)} FROM sweeps"
_INSERT = f"INSERT INTO sweeps({', '.join(_NAMES)}) VALUES({marks(len(_NAMES))}) ON CONFLICT(id) DO NOTHING"


class Sweeps(Store):
    """The rows of ``sweeps``."""

    def add_sweep(self, row: SweepRow) -> None:
        """Add a new sweep; its id must be new too."""
        added = self._run(_INSERT, [_column(name, getattr(row, name)) for name in _NAMES])
        if not added:
            raise LedgerError(f"sweep {row.id} exists already", where=str(self.path))

    def sweep(self, sweep_id: str) -> SweepRow | None:
        """The sweep of exactly this id."""
        return next(self._decoded(_row, self._all(f"{_SELECT} WHERE id = ?", (sweep_id,))), None)

    def sweeps(self) -> list[SweepRow]:
        """All sweeps, newest first."""
        return list(self._decoded(_row, self._all(f"{_SELECT} ORDER BY created DESC, id DESC")))

    def update_sweep(self, sweep_id: str, **values: Any) -> None:
        """Change some fields of a sweep."""
        unknown = values.keys() - set(_NAMES[1:])
        if unknown:
            raise TypeError(f"a sweep has no field {', '.join(sorted(unknown))} that could be changed")
        columns = [_column(name, value) for name, value in values.items()]
        if values and not self._run(f"UPDATE sweeps SET {assignments(values)} WHERE id = ?", [*columns, sweep_id]):
            raise LedgerError(f"there is no sweep {sweep_id}", where=str(self.path))

    def forget_sweep(self, sweep_id: str) -> None:
        """Take back a sweep of which no trial was ever begun; one that has trials stays."""
        self._run(
            "DELETE FROM sweeps WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM trials WHERE sweep = ?1)", (sweep_id,)
        )

    def find_sweep(self, text: str) -> SweepRow:
        """What a person means: an id, else the newest of that name, else the start of one id."""
        known = self.sweeps()
        exact = [row for row in known if row.id == text] or [row for row in known if row.name == text]
        found = exact[:1] or [row for row in known if text and row.id.startswith(text)]
        if len(found) == 1:
            return found[0]
        raise _not_one(text, found, known)


def _not_one(text: str, found: Sequence[SweepRow], known: Sequence[SweepRow]) -> UserError:
    if found:
        return UserError(f"'{text}' fits {len(found)} sweeps", hint=f"one of {', '.join(row.id for row in found[:5])}")
    if not known:
        return UserError(f"no sweep is called '{text}': there are none yet", hint="launch one first")
    import difflib

    names = [row.id for row in known]
    nearest = difflib.get_close_matches(text, [*names, *(row.name for row in known)], n=5, cutoff=0.4)
    order = dict.fromkeys([*nearest, *names])
    return UserError(f"no sweep is called '{text}'", hint=f"one of {', '.join(list(order)[:5])}")


def _column(name: str, value: Any) -> Any:
    match name:
        case "settings":
            return to_json(dict(value))
        case "metric":
            return metric_to_json(value)
        case _:
            return clean(value) if isinstance(value, str) else value


def _row(columns: Sequence[Any]) -> SweepRow:
    values = dict(zip(_NAMES, columns, strict=True))
    metric = metric_from_json(values.pop("metric"))
    settings = json.loads(values.pop("settings"))
    return SweepRow(**values, settings=settings, metric=metric)
