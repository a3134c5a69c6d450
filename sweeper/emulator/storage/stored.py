"""An object as it is stored, and as the API shows it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any
from urllib.parse import quote

SETTABLE = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentType",
    "customTime",
    "eventBasedHold",
    "metadata",
    "storageClass",
    "temporaryHold",
)
"""What a client may write."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One live object."""

    bucket: str
    name: str
    generation: int
    metageneration: int
    size: int
    md5: str
    """Empty for a composed object."""
    crc32c: str
    blob: str
    created: float
    updated: float
    meta: Mapping[str, Any]
    components: int = 0

    @property
    def etag(self) -> str:
        """Changes with every write of contents or metadata."""
        return base64.b64encode(f"{self.generation}/{self.metageneration}".encode()).decode()


def from_row(row: Row) -> Stored:
    """As the table has it."""
    values = dict(row)
    return Stored(**{**values, "meta": json.loads(values["meta"])})


def settable(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of a resource that a client sent, what is its to say."""
    return {key: body[key] for key in SETTABLE if body.get(key) is not None}


def resource(stored: Stored, base: str) -> dict[str, Any]:
    """As the API shows it."""
    place = f"b/{quote(stored.bucket, safe='')}/o/{quote(stored.name, safe='')}"
    created, updated = moment(stored.created), moment(stored.updated)
    shown = {
        "kind": "storage#object",
        "id": f"{stored.bucket}/{stored.name}/{stored.generation}",
        "selfLink": f"{base}/storage/v1/{place}",
        "mediaLink": f"{base}/download/storage/v1/{place}?generation={stored.generation}&alt=media",
        "name": stored.name,
        "bucket": stored.bucket,
        "generation": str(stored.generation),
        "metageneration": str(stored.metageneration),
        "contentType": "application/octet-stream",
        "storageClass": "STANDARD",
        "size": str(stored.size),
        "crc32c": stored.crc32c,
        "etag": stored.etag,
        "timeCreated": created,
        "updated": updated,
        "timeStorageClassUpdated": created,
        "timeFinalized": created,
        **stored.meta,
    }
    if stored.md5:
        shown["md5Hash"] = stored.md5
    if stored.components:
        shown["componentCount"] = stored.components
    return shown


def moment(seconds: float) -> str:
    """A time as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
