"""SQLite files that somebody else's library writes, made without waiting for the disk at every commit."""

from __future__ import annotations

from typing import Any


def hurry() -> None:
    """For every SQLAlchemy engine of this process, which must be one that writes nothing but a new file.

    Safe because nobody sees the file before it is whole: whoever moves it into its place waits for the disk once.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    event.listen(Engine, "connect", _at_once)


def _at_once(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
