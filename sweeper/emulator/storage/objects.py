"""The objects: each call here is one atomic step, conditions included."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sweeper.clock import SystemClock
from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.state import State
from sweeper.emulator.storage.blobs import Blobs
from sweeper.emulator.storage.buckets import Buckets
from sweeper.emulator.storage.checksums import PIECE, Checksums, combine
from sweeper.emulator.storage.preconditions import ALWAYS, Conditions
from sweeper.emulator.storage.stored import Stored, from_row

TABLE = """
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, name TEXT, generation INTEGER, metageneration INTEGER, size INTEGER, md5 TEXT, crc32c TEXT, blob TEXT,
    created REAL, updated REAL, meta TEXT, components INTEGER, PRIMARY KEY (bucket, name)
) WITHOUT ROWID;
"""
COLUMNS = tuple(field.name for field in fields(Stored))
"""In the table's order."""
LONGEST_NAME = 1024
MOST_SOURCES = 32


@dataclass(frozen=True, slots=True)
class Content:
    """A finished content that no object has yet."""

    blob: str
    size: int
    md5: str
    crc32c: str
    components: int = 0


class Objects:
    """All buckets' objects."""

    def __init__(self, state: State) -> None:
        state.db.executescript(TABLE)
        self._state = state
        self._clock = SystemClock()
        self._last = int(state.db.execute("SELECT coalesce(max(generation), 0) FROM objects").fetchone()[0])
        self.buckets = Buckets(state)
        self.blobs = Blobs(state.dir / "blobs")

    def known_blobs(self) -> list[str]:
        """The contents that objects have."""
        return [row[0] for row in self._state.db.execute("SELECT blob FROM objects")]

    def read(self, bucket: str, name: str) -> bytes | None:
        """The whole content; None if there is no such object."""
        found = self.find(bucket, name)
        return self.blobs.path(found.blob).read_bytes() if found else None

    def write(self, bucket: str, name: str, data: bytes, *, content_type: str = "application/octet-stream") -> Stored:
        """Make or replace an object; the bucket must be there."""
        return self.insert(bucket, name, self.content(data), {"contentType": content_type})

    def content(self, data: bytes) -> Content:
        """Put bytes on disk, for ``insert``."""
        blob, sums = self.blobs.new(), Checksums()
        self.blobs.path(blob).write_bytes(data)
        sums.update(data)
        return Content(blob, len(data), sums.md5, sums.crc32c)

    def insert(
        self,
        bucket: str,
        name: str,
        content: Content,
        meta: Mapping[str, Any],
        conditions: Conditions = ALWAYS,
        *,
        then: Callable[[Stored], object] = lambda stored: None,
    ) -> Stored:
        """Give the content to an object. It is this store's from here on, also if a condition does not hold.

        ``then`` may write more in the same transaction.
        """
        try:
            self.buckets.get(bucket)
            check_name(name)
            old = self.find(bucket, name)
            conditions.check(old)
        except ApiError:
            self.blobs.drop(content.blob)
            raise
        now = self._state.now()
        sums = (content.size, content.md5, content.crc32c, content.blob)
        stored = Stored(bucket, name, self._generation(), 1, *sums, now, now, meta, content.components)
        self._put(stored, then)
        if old:
            self.blobs.drop(old.blob)
        return stored

    def find(self, bucket: str, name: str) -> Stored | None:
        """The live object, if there is one."""
        sql = "SELECT * FROM objects WHERE bucket = ? AND name = ?"
        row = self._state.db.execute(sql, (bucket, name)).fetchone()
        return from_row(row) if row else None

    def get(self, bucket: str, name: str, *, generation: int | None = None) -> Stored:
        """The object, of that generation if one is named; else 404."""
        found = self.find(bucket, name)
        if found is None or generation not in (None, found.generation):
            self.buckets.get(bucket)
            raise ApiError(404, "NOT_FOUND", f"No such object: {bucket}/{name}")
        return found

    def between(self, bucket: str, start: str, end: str | None) -> Iterator[Stored]:
        """In order of their names, from ``start`` to before ``end``."""
        sql = "SELECT * FROM objects WHERE bucket = ? AND name >= ? AND (? IS NULL OR name < ?) ORDER BY name"
        return map(from_row, self._state.db.execute(sql, (bucket, start, end, end)))

    def delete(self, stored: Stored) -> None:
        """Away with it."""
        with self._state.db:
            where = (stored.bucket, stored.name)
            self._state.db.execute("DELETE FROM objects WHERE bucket = ? AND name = ?", where)
        self.blobs.drop(stored.blob)

    def update(self, stored: Stored, meta: Mapping[str, Any]) -> Stored:
        """Other metadata."""
        changed = replace(stored, meta=meta, metageneration=stored.metageneration + 1, updated=self._state.now())
        self._put(changed)
        return changed

    def copy(self, source: Stored, bucket: str, name: str, meta: Mapping[str, Any], conditions: Conditions) -> Stored:
        """The same content as another object."""
        blob = self.blobs.link(source.blob)
        content = Content(blob, source.size, source.md5, source.crc32c, source.components)
        return self.insert(bucket, name, content, meta, conditions)

    def compose(
        self, sources: Sequence[Stored], bucket: str, name: str, meta: Mapping[str, Any], conditions: Conditions
    ) -> Stored:
        """The contents of all sources in a row."""
        conditions.check(self.find(bucket, name))
        blob, size, crc = self.blobs.new(), 0, "AAAAAA=="
        with self.blobs.path(blob).open("wb") as out:
            for source in sources:
                with self.blobs.path(source.blob).open("rb") as file:
                    while piece := file.read(PIECE):
                        out.write(piece)
                crc = combine(crc, source.crc32c, source.size)
                size += source.size
        components = sum(source.components or 1 for source in sources)
        return self.insert(bucket, name, Content(blob, size, "", crc, components), meta, conditions)

    def _put(self, stored: Stored, then: Callable[[Stored], object] = lambda stored: None) -> None:
        row = [getattr(stored, column) for column in COLUMNS]
        row[COLUMNS.index("meta")] = json.dumps(dict(stored.meta), ensure_ascii=False)
        with self._state.db:
            self._state.db.execute(f"INSERT OR REPLACE INTO objects VALUES ({', '.join('?' * len(COLUMNS))})", row)
            then(stored)

    def _generation(self) -> int:
        """Microseconds on the machine's clock, also where the emulator's stands still: no number is given out twice."""
        self._last = max(self._last + 1, int(self._clock.now() * 1e6))
        return self._last


def check_name(name: str) -> None:
    """What Cloud Storage takes as a name."""
    if not name or len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
        raise invalid(f"The specified object name is not valid: it must have 1 to {LONGEST_NAME} bytes.")
    if name in (".", "..") or name.startswith(".well-known/acme-challenge/") or set(name) & set("\r\n\0"):
        raise invalid(f"Invalid object name: {name!r}")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise invalid("Object names must be valid UTF-8.") from None
