"""The emulator's own books: every request and what became of it, kept across restarts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sweeper.emulator.state import State, connect

TABLE = """
CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY, method TEXT, part TEXT, path TEXT, entry TEXT);
"""
ABOUT = web.RequestKey("about", list[dict[str, object]])


def about(request: web.Request, **fields: object) -> None:
    """Let the books say what this request was about: ``about(request, job=name, labels=labels)``.

    Once for each thing: what a request that is delivered twice asks for by the same name is one.
    """
    known = request.setdefault(ABOUT, [])
    if fields not in known:
        known.append(fields)


class Book:
    """One row a request, on disk before the answer goes out, so that it is there whoever is killed when."""

    def __init__(self, state: State) -> None:
        # Its own file: rolling back somebody's transaction must not take the books with it, and they need not outlast
        # a power cut, which makes a row cost some 15 microseconds.
        self._db = connect(state.dir / "requests.db", durable=False)
        self._db.isolation_level = None
        self._db.executescript(TABLE)
        self._next = int(self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM requests").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """How many requests of each part there were."""
        return dict(self._db.execute("SELECT part, count(*) FROM requests GROUP BY part").fetchall())

    def add(self, method: str, part: str, path: str, entry: Mapping[str, Any]) -> None:
        """Write down one request."""
        row = {"id": self._next, "method": method, "part": part, "path": path, **entry}
        text = json.dumps(row, ensure_ascii=False, default=str)
        self._db.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", (self._next, method, part, path, text))
        self._next += 1

    def entries(
        self, *, since: int = 0, limit: int = -1, method: str = "", part: str = "", path: str = ""
    ) -> list[str]:
        """The rows after number ``since`` as JSON texts; ``part`` and ``path`` are patterns with ``*``."""
        rows = self._db.execute(
            "SELECT entry FROM requests WHERE id > ? AND method GLOB ? AND part GLOB ? AND path GLOB ? "
            "ORDER BY id LIMIT ?",
            (since, method or "*", part or "*", path or "*", limit),
        )
        return [row[0] for row in rows]

    def close(self) -> None:
        """No more rows."""
        self._db.close()
