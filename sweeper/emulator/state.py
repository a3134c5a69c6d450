"""The emulator's memory: one SQLite file and a folder, touched from the event loop's thread only."""

from __future__ import annotations

import fcntl
import sqlite3
from pathlib import Path

from sweeper.emulator.clock import Clock, FakeClock, SystemClock
from sweeper.errors import UserError

META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID"


class State:
    """What survives a restart. As one thread uses it, whatever a handler does between two ``await`` is atomic.

    Each module makes its own tables: ``state.db.executescript("CREATE TABLE IF NOT EXISTS ...")``; writes go into
    ``with state.db:`` blocks. A process that is killed loses nothing that such a block has left.
    """

    def __init__(self, folder: Path, *, standing: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.dir = folder
        self._lock = (folder / "emulator.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            hint = "stop it, or choose another folder with --dir"
            raise UserError("another emulator is using this folder", where=str(folder), hint=hint) from None
        self.db = connect(folder / "emulator.db")
        self.db.execute(META)
        self.clock: Clock = self._standing_clock() if standing else SystemClock()

    def now(self) -> float:
        """The time on the emulator's clock, unix seconds."""
        return self.clock.now()

    def recall(self, key: str) -> object:
        """A single value that was kept; None if there is none."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def keep(self, key: str, value: object) -> None:
        """Keep a single value."""
        with self.db:
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Give the folder back."""
        self.db.close()
        self._lock.close()

    def _standing_clock(self) -> FakeClock:
        known = self.recall("now")
        start = known if isinstance(known, float) else float(int(SystemClock().now()))
        self.keep("now", start)
        return FakeClock(start)


def connect(path: Path, *, durable: bool = True) -> sqlite3.Connection:
    """A database that survives the death of this process; if durable, a power cut too but for the last moments."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(f"PRAGMA synchronous = {'NORMAL' if durable else 'OFF'}")
    db.row_factory = sqlite3.Row
    return db
