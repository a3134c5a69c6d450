"""How long jobs have run, for limits and estimates."""

from __future__ import annotations

from sweeper.ledger.store import Store

_MOST = 10_000
"""Finished trials that an estimate looks at; more would tell it nothing."""
_RAN = "started IS NOT NULL AND ended IS NOT NULL AND state NOT IN ('submitting', 'queued', 'running')"


def running_time(ledger: Store, sweep: str) -> tuple[float, int]:
    """(seconds, jobs) of all jobs of the sweep that have run and ended, each attempt counted."""
    sql = f"SELECT coalesce(sum(max(0, ended - started)), 0), count(*) FROM jobs WHERE sweep = ? AND {_RAN}"
    ((seconds, jobs),) = ledger.select(sql, (sweep,))
    return float(seconds), int(jobs)


def durations(ledger: Store, digest: str, backend: str) -> list[float]:
    """Seconds that trials of this trainer's code took to succeed on a backend, the latest ones.

    All sweeps count; those of smoke runs, which end trials at once, do not.
    """
    sql = (
        "SELECT max(0, t.ended - t.started) FROM trials t JOIN sweeps s ON s.id = t.sweep"
        " WHERE t.digest = ? AND s.backend = ? AND t.state = 'succeeded' AND t.started IS NOT NULL"
        " AND t.ended IS NOT NULL AND json_extract(s.settings, '$.smoke') IS NULL ORDER BY t.ended DESC LIMIT ?"
    )
    return [float(seconds) for (seconds,) in ledger.select(sql, (digest, backend, _MOST))]


def submitted_since(ledger: Store, backend: str, since: float) -> list[float]:
    """When each job of a backend was asked for after a moment (Unix seconds), oldest first; all sweeps count."""
    sql = (
        "SELECT j.submitted FROM jobs j JOIN sweeps s ON s.id = j.sweep"
        " WHERE s.backend = ? AND j.submitted > ? ORDER BY j.submitted"
    )
    return [float(time) for (time,) in ledger.select(sql, (backend, since))]
