"""The tables of schema version 1, as SQLite gets them."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x73776570
"""'swep' in the file's header: tells our file from any other SQLite file."""

PAGE_SIZE = 4096

_SWEEPS = """
CREATE TABLE sweeps(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, created REAL NOT NULL, config TEXT NOT NULL, config_path TEXT NOT NULL,
  backend TEXT NOT NULL, settings TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL,
  metric TEXT NOT NULL, total INTEGER NOT NULL
) WITHOUT ROWID
"""

# The newest job of a trial lives in the trial's own row: a commit is paid for by the page, and what a job says
# (state, times, exit code) is what its trial says. `job` is its attempt, 0 where there was none. Seeds are untyped
# because they may exceed 64 bits; those are text.
_TRIALS = """
CREATE TABLE trials(
  sweep TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, point TEXT NOT NULL, params TEXT NOT NULL,
  repeat INTEGER NOT NULL, seed, removed INTEGER NOT NULL, metric REAL, metric_note TEXT NOT NULL,
  digest TEXT NOT NULL, retry_at REAL, attempt INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  started REAL, ended REAL, code INTEGER, note TEXT NOT NULL,
  job INTEGER NOT NULL DEFAULT 0, handle TEXT NOT NULL DEFAULT '', args TEXT NOT NULL DEFAULT '[]',
  slot TEXT NOT NULL DEFAULT '', submitted REAL, cancel TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(sweep, id)
) WITHOUT ROWID
"""
_LIVE = """
CREATE INDEX live ON trials(sweep) WHERE job > 0 AND state IN ('submitting', 'queued', 'running')
"""
_DUE = "CREATE INDEX due ON trials(sweep, retry_at) WHERE retry_at IS NOT NULL"

_EARLIER = """
CREATE TABLE earlier_jobs(
  sweep TEXT NOT NULL, trial TEXT NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  handle TEXT NOT NULL, args TEXT NOT NULL, slot TEXT NOT NULL, submitted REAL, started REAL, ended REAL,
  code INTEGER, note TEXT NOT NULL, cancel TEXT NOT NULL,
  PRIMARY KEY(sweep, trial, attempt)
) WITHOUT ROWID
"""
_JOBS = """
CREATE VIEW jobs AS
  SELECT sweep, trial, attempt, state, reason, handle, args, slot, submitted, started, ended, code, note, cancel
  FROM earlier_jobs
  UNION ALL
  SELECT sweep, id, job, state, reason, handle, args, slot, submitted, started, ended, code, note, cancel
  FROM trials WHERE job > 0
"""

_EVENTS = """
CREATE TABLE events(
  seq INTEGER PRIMARY KEY, sweep TEXT NOT NULL, trial TEXT NOT NULL, attempt INTEGER NOT NULL, time REAL NOT NULL,
  before TEXT, after TEXT NOT NULL, note TEXT NOT NULL
)
"""

# `value` is untyped: a NaN, which SQLite would turn into NULL (and NULLs are never equal), is the text 'nan'.
_MEASUREMENTS = """
CREATE TABLE measurements(
  seq INTEGER PRIMARY KEY, sweep TEXT NOT NULL, trial TEXT NOT NULL, metric TEXT NOT NULL, step INTEGER NOT NULL,
  value NOT NULL, time REAL NOT NULL,
  UNIQUE(sweep, trial, metric, step, value)
)
"""

_REQUESTS = """
CREATE TABLE requests(
  seq INTEGER PRIMARY KEY, sweep TEXT NOT NULL, what TEXT NOT NULL, trial TEXT, time REAL NOT NULL
)
"""

# Trials per state, kept by triggers, so that no writer can forget it and reading costs the same at any size.
_COUNTS = """
CREATE TABLE counts(
  sweep TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(sweep, state)
) WITHOUT ROWID
"""
_COUNT_NEW = """
CREATE TRIGGER count_new AFTER INSERT ON trials WHEN NOT NEW.removed BEGIN
  INSERT INTO counts VALUES(NEW.sweep, NEW.state, 1) ON CONFLICT(sweep, state) DO UPDATE SET n = n + 1;
END
"""
_COUNT_MOVED = """
CREATE TRIGGER count_moved AFTER UPDATE OF state, removed ON trials
WHEN OLD.state <> NEW.state OR OLD.removed <> NEW.removed BEGIN
  UPDATE counts SET n = n - 1 WHERE sweep = OLD.sweep AND state = OLD.state AND NOT OLD.removed;
  INSERT INTO counts SELECT NEW.sweep, NEW.state, 1 WHERE NOT NEW.removed
    ON CONFLICT(sweep, state) DO UPDATE SET n = n + 1;
END
"""

TABLES = (
    *(_SWEEPS, _TRIALS, _LIVE, _DUE, _EARLIER, _JOBS, _EVENTS, _MEASUREMENTS, _REQUESTS),
    *(_COUNTS, _COUNT_NEW, _COUNT_MOVED),
)


def create(connection: sqlite3.Connection) -> None:
    """Make every table of version 1 in an empty database."""
    for statement in TABLES:
        connection.execute(statement)
