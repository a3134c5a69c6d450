"""An open ledger file: statements, transactions, and errors that are told as ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sweeper.ledger.failures import translate


class Store:
    """A connection to one ledger file; for one thread of one process."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def close(self) -> None:
        """Let go of the file; what was not committed is undone."""
        try:
            self._connection.close()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """All writes inside are kept, or none. A nested one joins the outer; where it fails, it alone is undone.

        Committed writes survive ``kill -9`` always. They survive a power cut from ``durable`` on: without it, the
        last few commits may be missing then (never half there).
        """
        if self._connection.in_transaction:
            if durable:
                raise RuntimeError("a durable transaction cannot start inside another: make the outer one durable")
            with self._all_or_none("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part", "RELEASE part"):
                yield
        elif durable:
            self._run("PRAGMA synchronous=FULL")
            try:
                with self._all_or_none("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
                    yield
            finally:
                self._run("PRAGMA synchronous=NORMAL")
        else:
            with self._all_or_none("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
                yield

    @contextmanager
    def _all_or_none(self, begin: str, keep: str, *undo: str) -> Iterator[None]:
        self._run(begin)
        try:
            yield
            self._run(keep)
        except BaseException:
            self._undo(undo)
            raise

    def _undo(self, statements: Sequence[str]) -> None:
        # After some errors (a full disk) SQLite has rolled back by itself; the first error is the one to tell.
        for statement in statements:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute(statement)

    def changed(self) -> int:
        """A number that moves when another process has written."""
        return int(self._one("PRAGMA data_version")[0])  # type: ignore[index]

    def select(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of any SELECT, streamed."""
        try:
            yield from self._connection.execute(sql, values)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def _run(self, sql: str, values: Sequence[Any] = ()) -> int:
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        try:
            return self._connection.executemany(sql, rows).rowcount
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        try:
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        return row

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
