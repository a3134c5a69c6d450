"""Wishes of other processes in the ledger, for the launcher of a sweep to take."""

from __future__ import annotations

from sweeper.ledger.rows import Request
from sweeper.ledger.store import Store


class Requests(Store):
    """The rows of ``requests``."""

    def ask(self, sweep: str, what: str, trial: str | None = None, *, time: float = 0.0) -> None:
        """Leave a wish, for one trial or the whole sweep."""
        self._run("INSERT INTO requests(sweep, what, trial, time) VALUES(?, ?, ?, ?)", (sweep, what, trial, time))

    def take_requests(self, sweep: str) -> list[Request]:
        """What was asked since the last time, oldest first; each is given out once."""
        sql = "SELECT seq, sweep, what, trial, time FROM requests WHERE sweep = ? ORDER BY seq"
        if self._one(sql, (sweep,)) is None:
            return []  # the usual case, without a lock
        with self.transaction():
            rows = self._all(sql, (sweep,))
            self._run("DELETE FROM requests WHERE sweep = ?", (sweep,))
        return [Request(*row) for row in rows]
