"""Listing a bucket: prefixes, delimiters, globs, and pages that go on where the last one ended."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from sweeper.emulator.errors import invalid
from sweeper.emulator.storage.globs import fixed_start, pattern
from sweeper.emulator.storage.objects import Objects
from sweeper.emulator.storage.preconditions import number
from sweeper.emulator.storage.stored import Stored

LARGEST_PAGE = 1000


@dataclass
class Page:
    """One answer's worth."""

    items: list[Stored] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    token: str | None = None

    def __len__(self) -> int:
        return len(self.items) + len(self.prefixes)


def page(objects: Objects, bucket: str, query: Mapping[str, str]) -> Page:
    """The next page of a listing; as many rows are read as it takes, whatever lies below a common prefix."""
    objects.buckets.get(bucket)
    size = min(max(1, number(query, "maxResults") or LARGEST_PAGE), LARGEST_PAGE)
    prefix, delimiter, glob = query.get("prefix", ""), query.get("delimiter", ""), query.get("matchGlob", "")
    matches = pattern(glob) if glob else None
    fixed = fixed_start(glob)
    start: str | None = max(prefix, fixed, query.get("startOffset", ""), _after(query.get("pageToken", "")))
    ends = (following(prefix), following(fixed), query.get("endOffset") or None)
    end = min((text for text in ends if text is not None), default=None)
    found = Page()
    while start is not None:
        group = None
        for one in objects.between(bucket, start, end):
            if matches is not None and not matches(one.name):
                continue
            if len(found) >= size:
                found.token = base64.urlsafe_b64encode(one.name.encode()).decode()
                return found
            group = _group(one.name, prefix, delimiter) if matches is None else None
            if group is None or (group == one.name and query.get("includeTrailingDelimiter") == "true"):
                found.items.append(one)
            if group is not None:
                found.prefixes.append(group)
                break
        # Past everything below the common prefix in one step.
        start = following(group) if group is not None else None
    return found


def _group(name: str, prefix: str, delimiter: str) -> str | None:
    """The common prefix that stands for this name, if there is one."""
    if not delimiter:
        return None
    at = name.find(delimiter, len(prefix))
    return None if at < 0 else name[: at + len(delimiter)]


def following(prefix: str) -> str | None:
    """The first text after all that begin with ``prefix``; None = there is no end."""
    while prefix:
        last = ord(prefix[-1])
        if last < 0x10FFFF:
            # Surrogates are no characters of their own.
            return prefix[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
        prefix = prefix[:-1]
    return None


def _after(token: str) -> str:
    """The first name of the next page."""
    try:
        return base64.urlsafe_b64decode(token).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise invalid("Invalid pageToken") from None
