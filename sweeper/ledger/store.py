"""An open ledger file: statements, transactions, and errors that are told as ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sweeper.errors import LedgerError
from sweeper.ledger.failures import translate

T = TypeVar("T")


class Store:
    """A connection to one ledger file; for one thread of one process."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._inside = False
        self._doomed: LedgerError | None = None

    def close(self) -> None:
        """Let go of the file; what was not committed is undone."""
        try:
            self._connection.close()
        except sqlite3.Error as error:
            raise self._failed(error) from error

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
        if not self._inside:
            with self._outermost(durable=durable):
                yield
        elif durable:
            raise RuntimeError("a durable transaction cannot start inside another: make the outer one durable")
        else:
            with self._all_or_none("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part", "RELEASE part"):
                yield

    @contextmanager
    def _outermost(self, *, durable: bool) -> Iterator[None]:
        if durable:  # not possible inside a transaction, hence before and after
            self._run("PRAGMA synchronous=FULL")
        try:
            with self._all_or_none("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
                self._inside = True
                yield
                if self._doomed:
                    raise self._doomed
        finally:
            self._inside, self._doomed = False, None
            if durable:
                self._run("PRAGMA synchronous=NORMAL")

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Several reads of one moment."""
        if self._inside:
            yield
            return
        self._run("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._connection.execute("COMMIT")

    @contextmanager
    def _all_or_none(self, begin: str, keep: str, *undo: str) -> Iterator[None]:
        self._run(begin)
        try:
            yield
            self._run(keep)
        except BaseException:
            for statement in undo:
                with suppress(sqlite3.Error):  # the first error is the one to tell
                    self._connection.execute(statement)
            raise

    def _failed(self, error: sqlite3.Error) -> LedgerError:
        told = translate(error, self.path)
        if self._inside and not self._connection.in_transaction:
            # SQLite undid everything by itself (a full disk, say). Whoever catches the error and goes on to write must
            # not write outside of the transaction: what follows goes into one that is never kept.
            self._doomed = told
            with suppress(sqlite3.Error):
                self._connection.execute("BEGIN")
        return told

    def changed(self) -> int:
        """A number that moves when another process has written."""
        return int(self._one("PRAGMA data_version")[0])  # type: ignore[index]

    def revision(self) -> tuple[int, int]:
        """What moves when anybody has written, this process included."""
        return self.changed(), self._connection.total_changes

    def select(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of any SELECT, streamed. Read them to the end before writing: they are a snapshot until then."""
        try:
            for row in self._connection.execute(sql, values):  # noqa: UP028 - `yield from` would close it after the file
                yield row
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _decoded(self, decode: Callable[[Sequence[Any]], T], rows: Iterable[Sequence[Any]]) -> Iterator[T]:
        """Each row as an object; a word that we do not know is damage, or a newer sweeper's."""
        for row in rows:
            try:
                yield decode(row)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                hint = "put a copy of the file back, or move it away to start anew"
                raise LedgerError(f"a row cannot be read: {error!r}", where=str(self.path), hint=hint) from error

    def _run(self, sql: str, values: Sequence[Any] = ()) -> int:
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        try:
            return self._connection.executemany(sql, rows).rowcount
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        try:
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return row

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from error
