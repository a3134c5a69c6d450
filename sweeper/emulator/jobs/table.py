"""The table of all jobs, with an index for each thing that a list can ask for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from sweeper.emulator.filters.conditions import Condition
from sweeper.emulator.jobs.record import LIVE, Phase, Record

LIVE_WORDS = ", ".join(f"'{phase}'" for phase in sorted(LIVE))
TABLES = f"""
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, job_id TEXT NOT NULL, display TEXT NOT NULL, phase TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, started INTEGER, ended INTEGER, code INTEGER NOT NULL,
  message TEXT NOT NULL, restarts INTEGER NOT NULL, version INTEGER NOT NULL, labels TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (collection, job_id));
CREATE INDEX IF NOT EXISTS jobs_by_phase ON jobs (collection, phase, seq);
CREATE INDEX IF NOT EXISTS jobs_by_display ON jobs (collection, display, seq);
-- Holds all that a filter may ask, so that a filter without an index of its own reads no bodies.
CREATE INDEX IF NOT EXISTS jobs_to_scan ON jobs (collection, seq, created, phase, display, job_id);
CREATE INDEX IF NOT EXISTS jobs_by_id ON jobs (job_id);
CREATE INDEX IF NOT EXISTS jobs_alive ON jobs (seq) WHERE phase IN ({LIVE_WORDS});
CREATE TABLE IF NOT EXISTS job_labels (
  collection TEXT, key TEXT, value TEXT, seq INTEGER, PRIMARY KEY (collection, key, value, seq)) WITHOUT ROWID;
"""
COLUMNS = (
    "collection",
    "job_id",
    "display",
    "phase",
    "created",
    "updated",
    "started",
    "ended",
    "code",
    "message",
    "restarts",
    "version",
    "labels",
    "body",
)
CHANGING = ("phase", "updated", "started", "ended", "code", "message", "restarts", "version", "labels")


def add(db: sqlite3.Connection, record: Record) -> Record:
    """A new job, now with its place. Raises sqlite3.IntegrityError where there is one of that name."""
    values = _values(record)
    marks = ", ".join("?" for _ in COLUMNS)
    cursor = db.execute(
        f"INSERT INTO jobs ({', '.join(COLUMNS)}) VALUES ({marks})", [values[column] for column in COLUMNS]
    )
    added = replace(record, seq=cursor.lastrowid or 0)
    _add_labels(db, added)
    return added


def change(db: sqlite3.Connection, before: Record, after: Record) -> None:
    """The job as it is now."""
    values = _values(after)
    settings = ", ".join(f"{column} = ?" for column in CHANGING)
    db.execute(f"UPDATE jobs SET {settings} WHERE seq = ?", [*(values[column] for column in CHANGING), after.seq])
    if before.labels != after.labels:
        _drop_labels(db, before)
        _add_labels(db, after)


def remove(db: sqlite3.Connection, record: Record) -> None:
    """Forget a job."""
    _drop_labels(db, record)
    db.execute("DELETE FROM jobs WHERE seq = ?", (record.seq,))


def find(db: sqlite3.Connection, name: str) -> Record | None:
    """The job of that full name."""
    collection, _, job_id = name.rpartition("/")
    row = db.execute("SELECT * FROM jobs WHERE collection = ? AND job_id = ?", (collection, job_id)).fetchone()
    return _record(row) if row else None


def with_id(db: sqlite3.Connection, job_id: str) -> list[Record]:
    """The jobs of that id in all collections."""
    return [_record(row) for row in db.execute("SELECT * FROM jobs WHERE job_id = ? ORDER BY seq", (job_id,))]


def alive(db: sqlite3.Connection) -> Iterator[Record]:
    """All jobs that have not ended, in the order in which they were created."""
    rows = db.execute(f"SELECT * FROM jobs WHERE phase IN ({LIVE_WORDS}) ORDER BY seq").fetchall()
    return map(_record, rows)


def newest(
    db: sqlite3.Connection, collection: str, condition: Condition, *, before: int | None, until: int, most: int
) -> list[Record]:
    """Jobs of a collection, newest first: those older than the row ``before``, created at ``until`` or earlier."""
    inner = f"SELECT seq FROM jobs WHERE collection = ? AND created <= ? AND ({condition.sql})"
    values: list[object] = [collection, until, *condition.values]
    if before is not None:
        inner, values = f"{inner} AND seq < ?", [*values, before]
    sql = f"SELECT * FROM jobs WHERE seq IN ({inner} ORDER BY seq DESC LIMIT ?) ORDER BY seq DESC"
    return [_record(row) for row in db.execute(sql, [*values, most])]


def _add_labels(db: sqlite3.Connection, record: Record) -> None:
    rows = [(record.collection, key, value, record.seq) for key, value in record.labels.items()]
    db.executemany("INSERT INTO job_labels VALUES (?, ?, ?, ?)", rows)


def _drop_labels(db: sqlite3.Connection, record: Record) -> None:
    rows = [(record.collection, key, value, record.seq) for key, value in record.labels.items()]
    db.executemany("DELETE FROM job_labels WHERE collection = ? AND key = ? AND value = ? AND seq = ?", rows)


def _values(record: Record) -> dict[str, object]:
    values: dict[str, object] = {column: getattr(record, column) for column in COLUMNS}
    return values | {"labels": json.dumps(dict(record.labels)), "body": json.dumps(record.body)}


def _record(row: sqlite3.Row) -> Record:
    values = {column: row[column] for column in (*COLUMNS, "seq")}
    return Record(
        **values | {"phase": Phase(row["phase"]), "labels": json.loads(row["labels"]), "body": json.loads(row["body"])}
    )
