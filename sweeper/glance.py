"""The names in a ledger, for a completion: read without waiting, making or changing anything.

Beside the package ``ledger``, not in it: whoever presses Tab would wait for all of its imports.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

TYPE_CHECKING = False  # typing's own costs every press of the key a millisecond or more

if TYPE_CHECKING:
    from typing import Any

MOST = 500
"""Rows; nobody chooses from more."""
_PATIENCE = 0.2
"""Seconds: whoever pressed Tab waits."""


def sweeps(home: Path) -> list[tuple[str, str, str, int]]:
    """(id, name, backend, trials), the newest first. Raises sqlite3.Error where there is nothing to read."""
    return _rows(home, "SELECT id, name, backend, total FROM sweeps ORDER BY created DESC LIMIT ?", (MOST,))


def trials(home: Path, sweep: str, beginning: str) -> list[tuple[str, int, str]]:
    """(id, number, state) of the trials of a sweep, named or by id, whose ids begin so."""
    sql = "SELECT id FROM sweeps WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC, created DESC LIMIT 1"
    of = f"SELECT id, number, state FROM trials WHERE sweep = ({sql}) AND NOT removed AND substr(id, 1, ?2) = ?3"
    return _rows(home, f"{of} ORDER BY number LIMIT ?4", (sweep, len(beginning), beginning, MOST))


def _rows(home: Path, sql: str, values: tuple[Any, ...]) -> list[Any]:
    uri = (home / "ledger.db").absolute().as_uri() + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()
