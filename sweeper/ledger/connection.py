"""Opening the ledger file: made whole or not at all, refused where it is not ours, brought to our version."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sweeper.errors import LedgerError
from sweeper.ledger import migrations, schema
from sweeper.ledger.failures import translate

NAME = "ledger.db"
BUSY_SECONDS = 30.0


def connect(home: Path, *, create: bool) -> tuple[Path, sqlite3.Connection]:
    """The ledger of ``home``, checked and ready."""
    path = home / NAME
    try:
        if not path.exists():
            if not create:
                raise LedgerError(
                    "there is no ledger", where=str(path), hint="launch a sweep first, or give its --home"
                )
            _make(home, path)
        return path, _open(path)
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except OSError as error:
        hint = "check that the folder exists and is writable, or choose another --home"
        raise LedgerError(f"it cannot be opened: {error.strerror}", where=str(path), hint=hint) from error


def _make(home: Path, path: Path) -> None:
    """Write the new file beside and rename it: nobody ever opens half a ledger."""
    home.mkdir(parents=True, exist_ok=True)
    beside = home / f"{NAME}.new"
    with _alone(home):
        if path.exists():
            return
        _put_aside(path)
        try:
            _remove(beside)
            _fill(beside)
            os.replace(beside, path)
        except BaseException:
            _remove(beside)
            raise


def _put_aside(path: Path) -> None:
    # The log of a ledger that somebody moved away: SQLite would write its pages into the new one.
    log = Path(f"{path}-wal")
    if log.exists():
        os.replace(log, f"{log}.left")
    Path(f"{path}-shm").unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for companion in ("", "-journal", "-wal", "-shm"):
        Path(f"{path}{companion}").unlink(missing_ok=True)


def _fill(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size={schema.PAGE_SIZE}")
        connection.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
        connection.execute("PRAGMA synchronous=FULL")
        migrations.migrate(connection)
        # Kept in the file; here, so that whoever opens it first has nothing to write.
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time; the folder itself is the lock, so that nothing is left behind."""
    folder = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256)
    try:
        _refuse_strangers(connection, path)
        migrations.migrate(connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    """Only reads: a file that is not ours, or newer than we are, stays as it is."""
    version = migrations.version_of(connection)
    if connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        hint = "move the file away, or choose another --home"
        raise LedgerError(
            "it is not a ledger: SQLite reads it, but sweeper did not write it", where=str(path), hint=hint
        )
    if version > migrations.VERSION:
        message = f"expected schema version {migrations.VERSION} or older, found {version}: a newer sweeper wrote it"
        raise LedgerError(message, where=str(path), hint="use the newer sweeper, or choose another --home")
