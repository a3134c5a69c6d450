"""Reported numbers in the ledger; one that arrives twice counts once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sweeper.ledger.codec import clean, value_column
from sweeper.ledger.store import Store
from sweeper.model import Measurement

_INSERT = (
    "INSERT INTO measurements(sweep, trial, metric, step, value, time) VALUES(?, ?, ?, ?, ?, ?)"
    " ON CONFLICT(sweep, trial, metric, step, value) DO NOTHING"
)
# By the row's number: the index of the sweep's measurements would read all of them to find the new ones.
_SINCE = (
    "SELECT seq, trial, step, value FROM measurements NOT INDEXED"
    " WHERE seq > ? AND sweep = ? AND metric = ? ORDER BY seq"
)
_LIMIT = 2**63 - 1


class Measurements(Store):
    """The rows of ``measurements``."""

    def add_measurements(self, sweep: str, trial: str, measurements: Iterable[Measurement]) -> int:
        """Keep those that are new (by metric, step and value); says how many."""
        rows = [
            (sweep, trial, clean(m.metric), max(-_LIMIT, min(_LIMIT, m.step)), value_column(m.value), m.time)
            for m in measurements
        ]
        if not rows:
            return 0
        with self.transaction():
            return self._many(_INSERT, rows)

    def measurements(
        self, sweep: str, trial: str | None = None, metric: str | None = None
    ) -> Iterator[tuple[str, Measurement]]:
        """(trial, measurement) in the order of arrival; streamed."""
        sql = "SELECT trial, metric, value, step, time FROM measurements WHERE sweep = ?"
        wanted = [(" AND trial = ?", trial), (" AND metric = ?", metric)]
        sql += "".join(clause for clause, value in wanted if value is not None)
        values = [sweep, *(value for _, value in wanted if value is not None)]
        return self._decoded(_row, self.select(f"{sql} ORDER BY seq", values))

    def measured_since(self, seq: int, sweep: str, metric: str) -> Iterator[tuple[int, str, int, float]]:
        """(seq, trial, step, value) of what has arrived after ``seq``, in that order: 0 = from the beginning."""
        rows = self.select(_SINCE, (seq, sweep, metric))
        return self._decoded(lambda row: (row[0], row[1], row[2], float(row[3])), rows)


def _row(columns: Sequence[Any]) -> tuple[str, Measurement]:
    trial, metric, value, step, time = columns
    return trial, Measurement(metric, float(value), step, time)
