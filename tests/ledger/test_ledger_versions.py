"""A stored ledger of every schema version opens; a migration is whole or not done."""

from __future__ import annotations

import re
import runpy
import shutil
import sqlite3
from pathlib import Path

import pytest

from sweeper.ledger import migrations, open_ledger, schema
from sweeper.model import Metric, Reason, State

DATA = Path(__file__).parent.parent / "data"
STORED = sorted(DATA.glob("ledger-*.db"))
SWEEP = "digits-1a2b3c"


def test_each_version_has_a_stored_ledger():
    assert [path.name for path in STORED] == [f"ledger-{n}.db" for n in range(1, migrations.VERSION + 1)]


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.name)
def test_a_stored_ledger_opens_and_says_what_it_said(stored, tmp_path):
    shutil.copy(stored, tmp_path / "ledger.db")
    with open_ledger(tmp_path, create=False) as ledger:
        assert next(ledger.select("PRAGMA user_version"))[0] == migrations.VERSION
        sweep = ledger.find_sweep("digits")
        assert (sweep.id, sweep.total, sweep.metric) == (SWEEP, 4, Metric("accuracy", "maximize", "best"))
        assert [
            (t.id, t.state, t.reason, t.attempt, t.metric, t.metric_note, t.removed) for t in ledger.trials(SWEEP)
        ] == [
            ("aaa111", State.SUCCEEDED, Reason.NONE, 1, 0.97, "", False),
            ("bbb222", State.SUCCEEDED, Reason.NONE, 2, None, "nan", False),
            ("ccc333", State.FAILED, Reason.CODE, 1, None, "", True),
            ("ddd444", State.RUNNING, Reason.NONE, 1, None, "", False),
        ]
        assert ledger.counts(SWEEP) == {State.SUCCEEDED: 2, State.RUNNING: 1}
        assert [job.state for job in ledger.jobs(SWEEP, "bbb222")] == [State.LOST, State.SUCCEEDED]
        assert [job.handle for job in ledger.live_jobs(SWEEP)] == ["handle-ddd444"]
        assert ledger.trial(SWEEP, "aaa111").params == {"units": (64, 32), "rate": 1e-3, "flag": True, "name": "é"}
        assert len(list(ledger.events(SWEEP))) == 13
        assert [m.value for _, m in ledger.measurements(SWEEP, "aaa111")] == [0.9, 0.97]
        assert [request.what for request in ledger.take_requests(SWEEP)] == ["cancel"]
        ledger.update_sweep(SWEEP, state="done")


def test_the_newest_stored_ledger_is_what_its_script_makes(tmp_path):
    runpy.run_path(str(DATA / "make_ledger.py"))["make"](tmp_path)
    assert _dump(tmp_path / "ledger.db") == _dump(STORED[-1])


def _dump(path):
    connection = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def _schema(connection):
    return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()


def _add_colour(connection):
    connection.execute("ALTER TABLE sweeps ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")


def _fail_after_a_change(connection):
    connection.execute("DROP TABLE events")
    raise InterruptedError


@pytest.fixture
def connection(tmp_path):
    shutil.copy(STORED[0], tmp_path / "ledger.db")
    connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    yield connection
    connection.close()


def test_migrations_run_in_order_from_where_the_file_is(connection):
    done = []
    steps = {n: lambda connection, n=n: done.append(n) for n in (4, 3, 2)}
    migrations.migrate(connection, migrations={1: schema.create, **steps, 5: _add_colour})
    assert done == [2, 3, 4]
    assert migrations.version_of(connection) == 5
    assert connection.execute("SELECT colour FROM sweeps").fetchall() == [("red",)]
    migrations.migrate(connection, migrations={1: schema.create, **steps, 5: _add_colour})
    assert done == [2, 3, 4]


def test_a_migration_that_fails_leaves_the_file_at_its_version(connection):
    before = _schema(connection)
    with pytest.raises(InterruptedError):
        migrations.migrate(connection, migrations={1: schema.create, 2: _add_colour, 3: _fail_after_a_change})
    assert migrations.version_of(connection) == 1
    assert _schema(connection) == before


def test_what_ends_is_the_same_in_the_tables_and_in_the_code():
    words = set(re.findall(r"WHEN '(\w+)'", next(table for table in schema.TABLES if "CREATE TABLE trials" in table)))
    assert words == {"submitting", "queued", "running"}
