"""Pages of a list: the token says where the next one starts, and which question it belongs to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from sweeper.emulator import errors


def page_size(text: str | None, *, default: int, most: int) -> int:
    """How many to answer with. 0 is the default, more than the most is the most, less than 0 is an error."""
    try:
        size = int(text or 0)
    except ValueError:
        raise errors.invalid(f"Invalid value at 'page_size' (TYPE_INT32), \"{text}\"") from None
    if size < 0:
        raise errors.invalid("Page size cannot be negative.")
    return min(size or default, most)


def make_token(last: int, question: str) -> str:
    """A token for what comes after the row ``last``; ``question`` is all that must not change between two pages."""
    body = json.dumps([last, _digest(question)], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def read_token(token: str | None, question: str) -> int | None:
    """The row that the last page ended with; None for the first page. Raises ApiError."""
    if not token:
        return None
    try:
        last, digest = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, TypeError):
        raise errors.invalid("Invalid page token.") from None
    if not isinstance(last, int) or digest != _digest(question):
        raise errors.invalid("Invalid page token: it belongs to a list with other parameters.")
    return last


def _digest(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()[:12]
