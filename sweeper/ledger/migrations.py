"""How a ledger of an earlier schema version becomes one of ours: one function a version."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from sweeper.ledger import schema, study_schema

MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: schema.create, 2: study_schema.add}
"""Version n's function takes a database of version n - 1 to n; an empty one is version 0."""

VERSION = max(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version that the file says it has."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, *, migrations: Mapping[int, Callable[[sqlite3.Connection], None]] = MIGRATIONS
) -> None:
    """Bring the database to the newest version, all steps in one transaction."""
    if version_of(connection) >= max(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have done it while this one waited for the lock.
        for version in sorted(v for v in migrations if v > version_of(connection)):
            migrations[version](connection)
            connection.execute(f"PRAGMA user_version={version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
