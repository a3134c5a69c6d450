"""What schema version 2 adds: the tuning jobs that a service runs for a sweep."""

from __future__ import annotations

import sqlite3

# One row an attempt; the trials of all attempts are rows of `trials` like any others.
_STUDIES = """
CREATE TABLE studies(
  sweep TEXT NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, handle TEXT NOT NULL,
  trials INTEGER NOT NULL, resume TEXT NOT NULL, submitted REAL, started REAL, ended REAL, note TEXT NOT NULL,
  cancel TEXT NOT NULL,
  PRIMARY KEY(sweep, attempt)
) WITHOUT ROWID
"""


def add(connection: sqlite3.Connection) -> None:
    """Make the table of version 2."""
    connection.execute(_STUDIES)
