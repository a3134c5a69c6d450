"""Resumable uploads: sessions that outlive connections and the emulator itself."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.state import State
from sweeper.emulator.storage.checksums import of_file
from sweeper.emulator.storage.objects import Content, Objects
from sweeper.emulator.storage.preconditions import conditions
from sweeper.emulator.storage.stored import Stored, settable

TABLE = """
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT, name TEXT, query TEXT, meta TEXT, blob TEXT, made INTEGER, started REAL
) WITHOUT ROWID;
"""
LIFETIME = 7 * 86_400.0
"""Of a session, in seconds; looked at when the emulator starts."""
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Span:
    """A Content-Range: from, to (the last byte) and the total; no ``first`` = only asking."""

    first: int | None = 0
    last: int | None = None
    total: int | None = None


class Uploads:
    """All sessions. What has arrived is what is in the file, so nothing is lost with a connection or the process."""

    def __init__(self, state: State, objects: Objects) -> None:
        state.db.executescript(TABLE)
        self._state, self._objects = state, objects
        with state.db:
            state.db.execute("DELETE FROM uploads WHERE started < ?", (state.now() - LIFETIME,))

    def blobs(self) -> list[str]:
        """The contents of unfinished uploads."""
        return [row[0] for row in self._state.db.execute("SELECT blob FROM uploads WHERE made IS NULL")]

    def start(self, bucket: str, name: str, query: Mapping[str, str], meta: Mapping[str, Any]) -> str:
        """A new session."""
        self._objects.buckets.get(bucket)
        conditions(query).check(self._objects.find(bucket, name))
        name_of = uuid4().hex + uuid4().hex
        kept = {key: value for key, value in query.items() if key.startswith("if")}
        blob = self._objects.blobs.new()
        row = (name_of, bucket, name, json.dumps(kept), json.dumps(dict(meta)), blob, None, self._state.now())
        with self._state.db:
            self._state.db.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return name_of

    async def put(self, upload: str, span: Span, data: AsyncIterable[bytes]) -> Stored | int:
        """Take what arrives; the object, when it is whole, else how much there is so far."""
        row = self._row(upload)
        if row["made"] is not None:
            return self._objects.get(row["bucket"], row["name"])
        path = self._objects.blobs.path(row["blob"])
        if span.first is not None:
            have = path.stat().st_size
            if span.first > have:
                raise invalid(f"Invalid request. There are {have} bytes, so the next chunk must not begin later.")
            with path.open("r+b") as file:
                file.seek(span.first)
                file.truncate()
                async for piece in data:
                    file.write(piece)
                    file.flush()
        have = path.stat().st_size
        if span.total is None and (span.last is not None or span.first is None):
            return have
        if span.total is not None and have > span.total:
            raise invalid(f"Invalid request. There are {have} bytes, more than the total of {span.total}.")
        return have if span.total not in (None, have) else await self._finish(upload)

    def cancel(self, upload: str) -> None:
        """Forget it."""
        row = self._row(upload)
        with self._state.db:
            self._state.db.execute("DELETE FROM uploads WHERE id = ?", (upload,))
        if row["made"] is None:
            self._objects.blobs.drop(row["blob"])

    async def _finish(self, upload: str) -> Stored:
        row = self._row(upload)
        path = self._objects.blobs.path(row["blob"])
        sums = await asyncio.to_thread(of_file, path)
        if self._row(upload)["made"] is not None:
            # The client asked twice at the same time.
            return self._objects.get(row["bucket"], row["name"])
        meta = json.loads(row["meta"])
        content = Content(row["blob"], path.stat().st_size, sums.md5, sums.crc32c)
        try:
            check_sums(meta, content)
            wanted = conditions(json.loads(row["query"]))
            # In one transaction with the object: a session that is asked again must not touch a content in use.
            return self._objects.insert(
                row["bucket"], row["name"], content, settable(meta), wanted, then=partial(self._made, upload)
            )
        except ApiError:
            self.cancel(upload)
            raise

    def _made(self, upload: str, stored: Stored) -> None:
        self._state.db.execute("UPDATE uploads SET made = ? WHERE id = ?", (stored.generation, upload))

    def _row(self, upload: str) -> Mapping[str, Any]:
        row = self._state.db.execute("SELECT * FROM uploads WHERE id = ?", (upload,)).fetchone()
        if row is None:
            raise ApiError(404, "NOT_FOUND", "No such upload session; it may have been finished or cancelled.")
        return dict(row)


def span(header: str | None) -> Span:
    """A Content-Range header; without one, the body is the whole."""
    if header is None:
        return Span()
    match = RANGE.fullmatch(header.strip())
    if not match:
        raise invalid(f"Failed to parse Content-Range header: {header}")
    first, last, total = (None if text in (None, "*") else int(text) for text in match.groups())
    return Span(first, last, total)


def check_sums(meta: Mapping[str, Any], content: Content) -> None:
    """400 where the client said what the content is, and it is not."""
    for key, ours in (("md5Hash", content.md5), ("crc32c", content.crc32c)):
        if (theirs := meta.get(key)) and theirs != ours:
            kind = "MD5 hash" if key == "md5Hash" else "CRC32C"
            raise invalid(f'Provided {kind} "{theirs}" doesn\'t match calculated {kind} "{ours}".')
