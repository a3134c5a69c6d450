"""Contents on their way out: whole, or a range of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from sweeper.emulator.errors import ApiError
from sweeper.emulator.payload import PIECE
from sweeper.emulator.storage.stored import Stored

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
ALL = slice(0, None)


async def send(request: web.Request, stored: Stored, path: Path) -> web.StreamResponse:
    """The content, or the range that was asked for; more than one range is answered with the whole."""
    chosen = wanted(request.headers.get("Range"), stored.size)
    part = range(stored.size)[chosen or ALL]
    headers = _headers(stored)
    if chosen is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{stored.size}"
    status = 200 if chosen is None else 206
    with path.open("rb") as file:
        # Open from here on: a reader gets this generation whole, whatever becomes of the object meanwhile.
        file.seek(part.start)
        if len(part) <= PIECE:
            return web.Response(body=file.read(len(part)), status=status, headers=headers)
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = len(part)
        await response.prepare(request)
        left = len(part)
        while left and (piece := file.read(min(left, PIECE))):
            await response.write(piece)
            left -= len(piece)
        await response.write_eof()
        return response


def wanted(header: str | None, size: int) -> slice | None:
    """The range of a Range header; None = the whole; raises 416 if it lies outside."""
    match = RANGE.fullmatch(header.strip()) if header else None
    if not match or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size
    else:
        begin, end = int(first), min(size, int(last) + 1) if last else size
    if last and first and int(last) < int(first):
        return None
    if begin >= size or begin >= end:
        headers = {"Content-Range": f"bytes */{size}"}
        message = "The requested range cannot be satisfied."
        raise ApiError(416, "OUT_OF_RANGE", message, headers=headers)
    return slice(begin, end)


def _headers(stored: Stored) -> dict[str, str]:
    sums = f"crc32c={stored.crc32c}" + (f",md5={stored.md5}" if stored.md5 else "")
    found = {
        "Content-Type": str(stored.meta.get("contentType") or "application/octet-stream"),
        "Accept-Ranges": "bytes",
        "ETag": stored.etag,
        "Last-Modified": format_datetime(datetime.fromtimestamp(stored.updated, UTC), usegmt=True),
        "X-Goog-Hash": sums,
        "X-Goog-Generation": str(stored.generation),
        "X-Goog-Metageneration": str(stored.metageneration),
        "X-Goog-Stored-Content-Encoding": str(stored.meta.get("contentEncoding") or "identity"),
        "X-Goog-Stored-Content-Length": str(stored.size),
        "X-Goog-Storage-Class": str(stored.meta.get("storageClass") or "STANDARD"),
    }
    for key, header in SHOWN.items():
        if value := stored.meta.get(key):
            found[header] = str(value)
    return {name: value for name, value in found.items() if not set(value) & set("\r\n\0")}


SHOWN = {
    "contentEncoding": "Content-Encoding",
    "contentDisposition": "Content-Disposition",
    "contentLanguage": "Content-Language",
    "cacheControl": "Cache-Control",
}
