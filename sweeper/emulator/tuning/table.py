"""The table of all trials of all studies."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict

from sweeper.emulator.tuning.trial import Measurement, TrialState, TuningTrial

TABLE = """
CREATE TABLE IF NOT EXISTS tuning_trials (
  study TEXT NOT NULL, number INTEGER NOT NULL, child TEXT NOT NULL, state TEXT NOT NULL, earlier INTEGER NOT NULL,
  trial TEXT NOT NULL, PRIMARY KEY (study, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tuning_trials_by_child ON tuning_trials (child);
"""
_SELECT = "SELECT trial FROM tuning_trials WHERE"


def put(db: sqlite3.Connection, *trials: TuningTrial) -> None:
    """Trials as they are now, all or none."""
    with db:
        db.executemany("INSERT OR REPLACE INTO tuning_trials VALUES (?, ?, ?, ?, ?, ?)", map(_row, trials))


def of_study(db: sqlite3.Connection, study: str) -> list[TuningTrial]:
    """All trials of a tuning job, by number."""
    return [_trial(text) for (text,) in db.execute(f"{_SELECT} study = ? ORDER BY number", (study,))]


def of_child(db: sqlite3.Connection, child: str) -> TuningTrial | None:
    """The trial that a job runs."""
    row = db.execute(f"{_SELECT} child = ? AND NOT earlier", (child,)).fetchone()
    return _trial(row[0]) if row else None


def forget(db: sqlite3.Connection, study: str) -> None:
    """Drop all trials of a tuning job."""
    with db:
        db.execute("DELETE FROM tuning_trials WHERE study = ?", (study,))


def _row(trial: TuningTrial) -> tuple[object, ...]:
    return trial.study, trial.number, trial.child, trial.state.value, trial.earlier, json.dumps(asdict(trial))


def _trial(text: str) -> TuningTrial:
    given = json.loads(text)
    measured: Sequence[dict[str, object]] = given.pop("measurements")
    final = given.pop("final")
    return TuningTrial(
        **given | {"state": TrialState(given["state"])},
        measurements=tuple(Measurement(**one) for one in measured),  # type: ignore[arg-type]
        final=Measurement(**final) if final else None,
    )
