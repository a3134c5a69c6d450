"""Bodies in several parts, read leniently: RFC 2387 uploads as every client writes them, and batches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sweeper.emulator.errors import invalid

BOUNDARY = re.compile(r"""boundary=(?:"([^"]+)"|'([^']+)'|([^;,\s]+))""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


def parts(content_type: str, body: bytes) -> list[Part]:
    """What lies between the boundaries; line ends may be those of any system."""
    match = BOUNDARY.search(content_type)
    if not match:
        raise invalid("The multipart body has no boundary in its Content-Type.")
    # Some clients write the quotes of the header as part of the boundary.
    names = [name for name in dict.fromkeys([*match.groups(), match[0].partition("=")[2]]) if name]
    for name in names:
        found = _split(b"--" + name.encode(), body)
        if found:
            return found
    raise invalid("The multipart body does not hold the boundary of its Content-Type.")


def _split(mark: bytes, body: bytes) -> list[Part]:
    # A boundary stands at the beginning of a line, so that contents may hold its text.
    marks = list(re.finditer(rb"(?:\A|\r?\n)" + re.escape(mark) + rb"(--)?[ \t]*(?=\r?\n|\Z)", body))
    return [_part(body[one.end() : following.start()]) for one, following in pairwise(marks) if not one[1]]


def _part(text: bytes) -> Part:
    text = re.sub(rb"\A\r?\n", b"", text, count=1)
    if match := re.match(rb"\r?\n", text):
        return Part({}, text[match.end() :])
    head, _, body = _cut(text)
    return Part(headers(head), body)


def _cut(text: bytes) -> tuple[bytes, bytes, bytes]:
    match = re.search(rb"\r?\n\r?\n", text)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, b"", b"")


def headers(text: bytes) -> dict[str, str]:
    """``Name: value`` lines."""
    pairs = (line.split(":", 1) for line in text.decode("utf-8", "replace").splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}
