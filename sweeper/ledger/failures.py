"""SQLite's errors, told as ours: which file, what happened, what to try."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sweeper.errors import LedgerError

_HELP = {
    sqlite3.SQLITE_FULL: (
        "the disk is full",
        "free some space and run the same command again; nothing is half-written",
    ),
    sqlite3.SQLITE_READONLY: (
        "it cannot be written",
        "make the folder and the file writable, or choose another --home",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened",
        "check that the folder exists and is writable, or choose another --home",
    ),
    sqlite3.SQLITE_PERM: ("it cannot be opened", "check who owns the folder and the file, or choose another --home"),
    sqlite3.SQLITE_IOERR: ("the disk failed", "check the disk and its free space, or choose another --home"),
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", "wait for the other sweeper, or end it, and try again"),
    sqlite3.SQLITE_LOCKED: ("another process keeps it locked", "wait for the other sweeper, or end it, and try again"),
    sqlite3.SQLITE_CORRUPT: (
        "it is damaged",
        "put a copy of it back, or move it away to start anew; `sqlite3 FILE .recover` saves what can be read",
    ),
    sqlite3.SQLITE_NOTADB: ("it is not a ledger", "move the file away, or choose another --home"),
}


def translate(error: sqlite3.Error, path: Path) -> LedgerError:
    """What the user should read instead of ``error``."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what, hint = _HELP.get(
        primary, ("SQLite refused", "if this comes back, put a copy of the file back or move it away")
    )
    return LedgerError(f"{what}: {error}", where=str(path), hint=hint.replace("FILE", str(path)))
