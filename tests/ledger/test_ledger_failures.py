"""A ledger that cannot be read or written is told in a clear message, is not touched and loses nothing."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.errors import LedgerError
from sweeper.ledger import JobRow, SweepRow, TrialRow, open_ledger
from sweeper.model import Measurement, State

S = "digits-1"
JOB = JobRow(S, "t", 1)


def filled(home, trials=200):
    with open_ledger(home) as ledger:
        ledger.add_sweep(SweepRow(S, "digits", 1.0, config="c" * 3000))
        ledger.put_trials(TrialRow(S, f"{n:04}", n, "p", {"text": "x" * 300}) for n in range(trials))
    return home / "ledger.db"


def scribble(path, start, data):
    content = path.read_bytes()
    path.write_bytes(content[:start] + data + content[start + len(data) :])


def not_sqlite(path):
    path.write_text("name: digits\n" * 100)


def empty(path):
    path.write_bytes(b"")


def beginning_gone(path):
    scribble(path, 0, b"\0" * 512)


def cut_in_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_in_a_page(path):
    path.write_bytes(path.read_bytes()[:1000])


def pages_scribbled_over(path):
    scribble(path, 2048, b"\xff" * (path.stat().st_size - 2048))


def schema_scribbled_over(path):
    scribble(path, 100, b"\xff" * 200)


def somebody_elses(path):
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes(name TEXT)")
        connection.execute("PRAGMA user_version=1")
    connection.close()


def from_the_future(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()


def unknown_state(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE trials SET state = 'dancing'")
    connection.close()


def unreadable_params(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE trials SET params = '{\"a\": '")
    connection.close()


def unreadable_settings(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sweeps SET settings = 'null', metric = '7'")
    connection.close()


def table_gone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE sweeps")
    connection.close()


def a_folder(path):
    path.unlink()
    path.mkdir()


BROKEN = [
    (not_sqlite, "not a ledger"),
    (empty, "not a ledger"),
    (beginning_gone, "not a ledger"),
    (cut_in_half, "damaged"),
    (cut_in_a_page, "not a ledger|damaged"),
    (pages_scribbled_over, "damaged"),
    (schema_scribbled_over, "damaged|SQLite refused"),
    (somebody_elses, "not a ledger: SQLite reads it, but sweeper did not write it"),
    (from_the_future, "expected schema version 2 or older, found 99: a newer sweeper wrote it"),
    (unknown_state, "a row cannot be read: KeyError.*dancing"),
    (unreadable_params, "a row cannot be read: JSONDecodeError"),
    (unreadable_settings, "a row cannot be read"),
    (table_gone, "SQLite refused: no such table: sweeps"),
    (a_folder, "cannot be opened"),
]


def fingerprint(path):
    return path.is_dir() or hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("damage", "said"), BROKEN, ids=[damage.__name__ for damage, _ in BROKEN])
def test_a_broken_ledger_is_told_and_left_as_it_is(tmp_path, damage, said):
    path = filled(tmp_path)
    damage(path)
    before = fingerprint(path)
    with pytest.raises(LedgerError, match=said) as told:
        read_all(tmp_path)
    assert str(told.value).startswith(f"{path}: ")
    assert "\n  " in str(told.value)
    assert fingerprint(path) == before


def read_all(home):
    with open_ledger(home) as ledger:
        for sweep in ledger.sweeps():
            assert len(list(ledger.trials(sweep.id))) == 200
            assert sum(ledger.counts(sweep.id).values()) == 200


def test_a_ledger_that_is_not_there_is_not_made_by_reading(tmp_path):
    with pytest.raises(LedgerError, match="there is no ledger\n  launch a sweep first"):
        open_ledger(tmp_path / "home", create=False)
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file_is_told(tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(LedgerError, match=r"home/ledger\.db: it cannot be opened"):
        open_ledger(tmp_path / "home")


def test_what_a_killed_creation_left_is_made_anew(tmp_path):
    for name in ("ledger.db.new", "ledger.db.new-journal", "ledger.db.new-wal"):
        (tmp_path / name).write_bytes(b"half")
    filled(tmp_path)
    read_all(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_the_log_of_a_ledger_that_was_moved_away_does_not_enter_the_new_one(tmp_path):
    old = open_ledger(tmp_path)
    old.add_sweep(SweepRow("old-1", "old", 1.0))
    log = (tmp_path / "ledger.db-wal").read_bytes()
    old.close()
    (tmp_path / "ledger.db").unlink()
    (tmp_path / "ledger.db-wal").write_bytes(log)
    with open_ledger(tmp_path) as new:
        assert new.sweeps() == []
    assert (tmp_path / "ledger.db-wal.left").read_bytes() == log


def test_a_full_disk_undoes_the_whole_transaction_and_what_was_there_stays(tmp_path):
    filled(tmp_path)
    with open_ledger(tmp_path) as ledger:
        pages = next(ledger.select("PRAGMA page_count"))[0]
        list(ledger.select(f"PRAGMA max_page_count={pages + 5}"))
        with pytest.raises(LedgerError, match=r"the disk is full: .*\n  free some space"), ledger.transaction():
            fill_up(ledger)
        assert sum(ledger.counts(S).values()) == 200
    read_all(tmp_path)


def fill_up(ledger):
    for n in range(200, 2000):
        ledger.put_trial(TrialRow(S, f"{n:04}", n, "p", {"text": "x" * 300}))


def test_who_goes_on_after_sqlite_undid_a_transaction_by_itself_writes_nothing(tmp_path):
    filled(tmp_path)
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(LedgerError, match='near "nonsense"'), ledger.transaction():
            go_on_after_an_error(ledger)
        assert ledger.take_requests(S) == []
        ledger.ask(S, "cancel")
        assert len(ledger.take_requests(S)) == 1


def go_on_after_an_error(ledger):
    list(ledger.select("ROLLBACK"))  # as SQLite does by itself when the disk fails
    with pytest.raises(LedgerError):
        list(ledger.select("nonsense"))
    ledger.ask(S, "cancel")


root = pytest.mark.skipif(os.geteuid() != 0 or not Path("/proc/mounts").exists(), reason="only root can mount")


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 512 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", place], capture_output=True)
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@root
def test_on_a_disk_that_fills_up_nothing_is_half_written(small_disk):
    kept = []
    with open_ledger(small_disk) as ledger:
        ledger.add_sweep(SweepRow(S, "digits", 1.0))
        with pytest.raises(LedgerError, match=r"disk/ledger\.db: the disk"):
            begin_pairs(ledger, kept)
        assert ledger.counts(S) == {State.SUBMITTING: 2 * len(kept)}
    with open_ledger(small_disk) as ledger:
        assert next(ledger.select("PRAGMA integrity_check"))[0] == "ok"
        assert len(list(ledger.trials(S))) == len(list(ledger.events(S))) == len(ledger.live_jobs(S)) == 2 * len(kept)
        assert len(list(ledger.measurements(S))) == len(kept) > 10


def begin_pairs(ledger, kept):
    for n in itertools.count():
        with ledger.transaction():
            for id in (f"{n}-0", f"{n}-1"):
                ledger.begin(TrialRow(S, id, n, "p", {"text": "x" * 300}), JobRow(S, id, 1), time=1.0)
            ledger.add_measurements(S, f"{n}-0", [Measurement("a", 1.0)])
        kept.append(n)


@root
def test_on_a_full_disk_no_half_ledger_is_made(small_disk):
    (small_disk / "ballast").write_bytes(b"\0" * 500 * 1024)
    with pytest.raises(LedgerError, match="the disk"):
        open_ledger(small_disk)
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]


@root
def test_a_disk_that_cannot_be_written_is_told(small_disk):
    filled(small_disk, trials=1)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(LedgerError, match=r"disk/ledger\.db: it cannot be (opened|written)"):
        read_all(small_disk)
    with pytest.raises(LedgerError, match=r"it cannot be opened: Read-only file system"):
        open_ledger(small_disk / "new")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(LedgerError, match="it cannot be opened"):
            open_ledger(tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_another_process_that_keeps_the_ledger_locked_is_told(tmp_path):
    filled(tmp_path)
    with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as other, other.transaction():
        list(ledger.select("PRAGMA busy_timeout=10"))
        with pytest.raises(LedgerError, match=r"another process keeps it locked: .*\n  wait for the other sweeper"):
            ledger.ask(S, "cancel")


def test_a_copy_of_a_ledger_is_a_ledger(tmp_path):
    shutil.copytree(filled(tmp_path / "a").parent, tmp_path / "b")
    read_all(tmp_path / "b")


def test_a_failed_move_leaves_job_trial_and_events_as_they_were(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.begin(TrialRow(S, "t", 0, "t"), JOB, time=1.0)
        before = (ledger.trial(S, "t"), ledger.jobs(S, "t"), list(ledger.events(S)), ledger.counts(S))
        pages = next(ledger.select("PRAGMA page_count"))[0]
        list(ledger.select(f"PRAGMA max_page_count={pages}"))
        with pytest.raises(LedgerError, match="the disk is full"):
            ledger.record(JOB, replace(JOB, state=State.FAILED, note="n" * 90_000), time=2.0)
        after = (ledger.trial(S, "t"), ledger.jobs(S, "t"), list(ledger.events(S)), ledger.counts(S))
    assert after == before
