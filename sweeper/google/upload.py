"""Uploads of a file in parts: one that breaks off goes on where it was."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweeper.google.call import Call
from sweeper.google.caller import Caller
from sweeper.google.failures import CallFailed, Kind

PART = 8 << 20
"""Bytes. A multiple of 256 KiB, as the protocol wants it; what fits into one part is sent as a whole."""
BLOCK = 1 << 20
Progress = Callable[[int, int], None]
"""Told the bytes that have arrived, and how many there are."""


def in_parts(caller: Caller, call: Call, request: Any, size: int, progress: Progress | None) -> dict[str, Any]:
    """Send a resumable request to its end. Raises CallFailed; a part that fails is tried again, from where it broke."""
    tried, arrived = 0, 0
    while True:
        # The client library asks where to go on after a part that failed.
        step, failed = caller.try_(call, lambda: request.next_chunk(http=caller.transport))
        if failed is None:
            status, answer = step
            now = size if answer is not None else status.resumable_progress
            if progress is not None and now != arrived:
                progress(now, size)
            tried, arrived = 0 if now > arrived else tried, now
            if answer is not None:
                found: dict[str, Any] = answer
                return found
            continue
        tried += 1
        if failed.kind is Kind.NOT_FOUND and request.resumable_uri is not None:
            request.resumable_uri, request.resumable_progress = None, 0  # its own address has expired: begin again
            failed = CallFailed(Kind.BUSY, failed.message, hint=failed.hint, status=failed.status)
        if failed.kind is Kind.UNAUTHENTICATED and tried == 1:
            continue  # the token was renewed meanwhile
        if not caller.patience.again(failed, tried):
            raise failed


def md5_of(path: Path) -> str:
    """In base64, as Cloud Storage says it."""
    found = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return base64.b64encode(found.digest()).decode()


def md5_of_bytes(data: bytes) -> str:
    """The same of bytes."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
