"""What an object in a bucket is, and its ``gs://`` address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sweeper.google.failures import CallFailed, Kind

FIELDS = "name,size,generation,updated,md5Hash,crc32c"
"""What is asked for of each object."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object without its contents."""

    url: str
    size: int
    generation: int
    """Another one each time the object is written."""
    updated: float
    """Unix seconds."""
    md5: str
    """Base64; empty for composed objects."""
    crc32c: str


def split(url: str) -> tuple[str, str]:
    """Bucket and name of ``gs://bucket/name``; the name may be empty. Raises CallFailed."""
    found = re.fullmatch(r"gs://([^/]+)(?:/(.*))?", url, re.DOTALL)
    if not found:
        raise CallFailed(Kind.INVALID, f"expected an address like gs://bucket/name, got '{url}'")
    return found[1], found[2] or ""


def named(url: str) -> tuple[str, str]:
    """The same, where the name must be there."""
    bucket, name = split(url)
    if not name:
        raise CallFailed(Kind.INVALID, f"expected the address of an object, got '{url}'")
    return bucket, name


def from_answer(bucket: str, data: Mapping[str, Any]) -> Object:
    """As Cloud Storage describes it; its numbers are strings."""
    updated = str(data.get("updated") or "")
    return Object(
        url=f"gs://{bucket}/{data.get('name', '')}",
        size=int(data.get("size", 0)),
        generation=int(data.get("generation", 0)),
        updated=datetime.fromisoformat(updated).timestamp() if updated else 0.0,
        md5=str(data.get("md5Hash") or ""),
        crc32c=str(data.get("crc32c") or ""),
    )


def glob_escaped(text: str) -> str:
    """The text as a pattern of ``matchGlob`` that matches only itself."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", text)
