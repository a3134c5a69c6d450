"""The tables of schema version 1, as SQLite gets them."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x73776570
"""'swep' in the file's header: tells our file from any other SQLite file."""

PAGE_SIZE = 2048
"""A commit writes whole pages, two to four of them here; smaller ones would not hold a trial's row."""

FOLD = 64
"""The counts of trials are brought up to date once in so many events; readers add up the events after that."""

_SWEEPS = """
CREATE TABLE sweeps(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, created REAL NOT NULL, config TEXT NOT NULL, config_path TEXT NOT NULL,
  backend TEXT NOT NULL, settings TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL,
  metric TEXT NOT NULL, total INTEGER NOT NULL
) WITHOUT ROWID
"""

# The newest job of a trial lives in the trial's own row: a commit costs by the page, and what a job says (state,
# times, exit code) is what its trial says. `job` is that job's attempt, 0 where there was none yet; `moved` and
# `why` are the time and note of its last move; `live` is whether that job has not ended.
# Seeds are untyped because they may exceed 64 bits; those are text.
_TRIALS = """
CREATE TABLE trials(
  sweep TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, point TEXT NOT NULL, params TEXT NOT NULL,
  repeat INTEGER NOT NULL, seed, removed INTEGER NOT NULL, metric REAL, metric_note TEXT NOT NULL,
  digest TEXT NOT NULL, retry_at REAL, attempt INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  started REAL, ended REAL, code INTEGER, note TEXT NOT NULL,
  job INTEGER NOT NULL DEFAULT 0, handle TEXT NOT NULL DEFAULT '', args TEXT NOT NULL DEFAULT '[]',
  slot TEXT NOT NULL DEFAULT '', submitted REAL, cancel TEXT NOT NULL DEFAULT '',
  moved REAL, why TEXT NOT NULL DEFAULT '',
  live INTEGER AS (CASE state WHEN 'submitting' THEN 1 WHEN 'queued' THEN 1 WHEN 'running' THEN 1 ELSE 0 END),
  PRIMARY KEY(sweep, id)
)
"""
_REMOVED = "CREATE INDEX removed ON trials(sweep) WHERE removed"
_DUE = "CREATE INDEX due ON trials(sweep, retry_at) WHERE retry_at IS NOT NULL"

_EARLIER_JOBS = """
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
_NEXT_JOB = """
CREATE TRIGGER next_job AFTER UPDATE OF job ON trials WHEN OLD.job > 0 AND NEW.job > OLD.job BEGIN
  INSERT INTO earlier_jobs VALUES(
    OLD.sweep, OLD.id, OLD.job, OLD.state, OLD.reason, OLD.handle, OLD.args, OLD.slot, OLD.submitted, OLD.started,
    OLD.ended, OLD.code, OLD.note, OLD.cancel
  );
END
"""

# Events are written by triggers: whoever moves a job leaves one, in the same commit. For the counts below, an event
# also says which state its trial `was` counted in (NULL: in none) and whether it is `counted` in the new one.
_EVENTS = """
CREATE TABLE events(
  seq INTEGER PRIMARY KEY, sweep TEXT NOT NULL, trial TEXT NOT NULL, attempt INTEGER NOT NULL, time REAL NOT NULL,
  before TEXT, after TEXT NOT NULL, note TEXT NOT NULL, was TEXT, counted INTEGER NOT NULL
)
"""
_BEGUN = """
CREATE TRIGGER begun AFTER INSERT ON trials WHEN NEW.job > 0 AND NEW.moved IS NOT NULL BEGIN
  INSERT INTO events VALUES(
    NULL, NEW.sweep, NEW.id, NEW.job, NEW.moved, NULL, NEW.state, NEW.why, NULL, NOT NEW.removed
  );
END
"""
_MOVED = """
CREATE TRIGGER moved AFTER UPDATE OF state, job ON trials
WHEN NEW.moved IS NOT NULL AND NEW.job > 0 AND (OLD.state <> NEW.state OR OLD.job <> NEW.job) BEGIN
  INSERT INTO events VALUES(
    NULL, NEW.sweep, NEW.id, NEW.job, NEW.moved, CASE NEW.job WHEN OLD.job THEN OLD.state END, NEW.state, NEW.why,
    CASE WHEN NOT OLD.removed THEN OLD.state END, NOT NEW.removed
  );
END
"""

# How many trials are in each state, removed ones left out. Every commit pays for each page it touches, so this one
# is not touched by all: it holds what no event tells (the triggers count_*), and every FOLD events take in theirs.
_TALLY = """
CREATE TABLE tally(
  sweep TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(sweep, state)
) WITHOUT ROWID
"""
_COUNT_NEW = """
CREATE TRIGGER count_new AFTER INSERT ON trials
WHEN NOT NEW.removed AND (NEW.job = 0 OR NEW.moved IS NULL) BEGIN
  INSERT INTO tally VALUES(NEW.sweep, NEW.state, 1) ON CONFLICT(sweep, state) DO UPDATE SET n = n + 1;
END
"""
_COUNT_CHANGED = """
CREATE TRIGGER count_changed AFTER UPDATE OF state, removed ON trials
WHEN (OLD.state <> NEW.state OR OLD.removed <> NEW.removed)
  AND NOT (NEW.moved IS NOT NULL AND NEW.job > 0 AND (OLD.state <> NEW.state OR OLD.job <> NEW.job)) BEGIN
  INSERT INTO tally VALUES(OLD.sweep, OLD.state, OLD.removed - 1)
    ON CONFLICT(sweep, state) DO UPDATE SET n = n + excluded.n;
  INSERT INTO tally VALUES(NEW.sweep, NEW.state, 1 - NEW.removed)
    ON CONFLICT(sweep, state) DO UPDATE SET n = n + excluded.n;
END
"""
_COUNT_EVENTS = f"""
CREATE TRIGGER count_events AFTER INSERT ON events WHEN NEW.seq % {FOLD} = 0 BEGIN
  INSERT INTO tally
    SELECT sweep, state, sum(n) FROM (
      SELECT sweep, after AS state, 1 AS n FROM events WHERE seq > NEW.seq - {FOLD} AND counted
      UNION ALL SELECT sweep, was, -1 FROM events WHERE seq > NEW.seq - {FOLD} AND was IS NOT NULL
    ) WHERE true GROUP BY sweep, state
    ON CONFLICT(sweep, state) DO UPDATE SET n = n + excluded.n;
END
"""
COUNTS = f"""
SELECT state, sum(n) FROM (
  SELECT state, n FROM tally WHERE sweep = ?
  UNION ALL SELECT after, 1 FROM events
    WHERE seq > (SELECT max(seq) / {FOLD} * {FOLD} FROM events) AND counted AND sweep = ?
  UNION ALL SELECT was, -1 FROM events
    WHERE seq > (SELECT max(seq) / {FOLD} * {FOLD} FROM events) AND was IS NOT NULL AND sweep = ?
) GROUP BY state
"""
"""(state, trials) of a sweep, which is given three times."""

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

TABLES = (
    *(_SWEEPS, _TRIALS, _REMOVED, _DUE, _EARLIER_JOBS, _JOBS, _NEXT_JOB, _EVENTS, _BEGUN, _MOVED),
    *(_TALLY, _COUNT_NEW, _COUNT_CHANGED, _COUNT_EVENTS, _MEASUREMENTS, _REQUESTS),
)


def create(connection: sqlite3.Connection) -> None:
    """Make every table of version 1 in an empty database."""
    for statement in TABLES:
        connection.execute(statement)
