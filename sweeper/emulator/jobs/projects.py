"""Projects: any id is one, and has a number that is made of it; paths may name either."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from dataclasses import dataclass

from sweeper.emulator import errors

TABLE = "CREATE TABLE IF NOT EXISTS projects (number TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;"
ID = re.compile(r"[A-Za-z][A-Za-z0-9.:-]{0,99}")


@dataclass(frozen=True, slots=True)
class Project:
    """A project by both its names."""

    id: str
    number: str


def find_project(db: sqlite3.Connection, text: str) -> Project:
    """The project that a path means. A number that nobody has met yet stands for itself."""
    if text.isdigit() and text.isascii():
        row = db.execute("SELECT id FROM projects WHERE number = ?", (text,)).fetchone()
        return Project(row[0] if row else text, text)
    if not ID.fullmatch(text):
        raise errors.invalid(f"Invalid project resource name projects/{text}")
    return Project(text, number_of(text))


def meet_project(db: sqlite3.Connection, project: Project) -> None:
    """Remember whose number it is."""
    db.execute("INSERT OR IGNORE INTO projects VALUES (?, ?)", (project.number, project.id))


def number_of(project_id: str) -> str:
    """Twelve digits, the same in every emulator."""
    digest = int.from_bytes(hashlib.sha256(project_id.encode()).digest()[:8], "big")
    return str(10**11 + digest % (9 * 10**11))
