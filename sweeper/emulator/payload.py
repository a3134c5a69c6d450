"""Bodies of requests and of answers as JSON, and contents as they arrive."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from sweeper.emulator.errors import ApiError, invalid

PIECE = 1 << 20
MOST_JSON = 10 << 20
MOST_IN_MEMORY = 256 << 20
MOST_UPLOAD = 64 << 30
WHOLE = web.RequestKey("whole", bytes)
"""Where a body lies that was read before its handler runs, because it is handled twice."""


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON as these services write it."""
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return web.Response(body=text, status=status, headers=headers, content_type="application/json", charset="utf-8")


async def whole(request: web.Request, most: int = MOST_JSON) -> bytes:
    """The body, if it is not too large to be held in memory."""
    return b"".join([piece async for piece in pieces(request, most)])


async def pieces(request: web.Request, most: int = MOST_UPLOAD) -> AsyncIterator[bytes]:
    """The body as it arrives; 413 as soon as it is too large."""
    if (known := request.content_length) is not None and known > most:
        raise too_large(most)
    kept = request.get(WHOLE)
    if kept is not None:
        yield kept
        return
    size = 0
    async for piece in request.content.iter_chunked(PIECE):
        size += len(piece)
        if size > most:
            raise too_large(most)
        yield piece


def too_large(most: int) -> ApiError:
    """413."""
    return ApiError(413, "INVALID_ARGUMENT", f"Request payload size exceeds the limit: {most} bytes.")


def as_object(text: bytes) -> dict[str, Any]:
    """A JSON object; an empty body is an empty one."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        raise invalid("Invalid JSON payload received. The body could not be parsed.") from None
    except RecursionError:
        raise invalid("Invalid JSON payload received. It is nested too deeply.") from None
    if not isinstance(found, dict):
        raise invalid("Invalid JSON payload received. Expected an object.")
    return found
