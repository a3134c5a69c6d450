"""The buckets: made and deleted through the API only."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.state import State
from sweeper.emulator.storage.stored import moment

TABLE = """
CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY, project TEXT, number INTEGER, created REAL, updated REAL, metageneration INTEGER, meta TEXT
) WITHOUT ROWID;
"""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
NOT_THEIRS = {"kind", "id", "selfLink", "name", "projectNumber", "generation", "metageneration"}
NOT_THEIRS |= {"timeCreated", "updated", "etag", "locationType"}


class Buckets:
    """All buckets of all projects; names are unique among all."""

    def __init__(self, state: State) -> None:
        state.db.executescript(TABLE)
        self._state = state
        self._known: dict[str, dict[str, Any]] = {}

    def insert(self, project: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A new bucket; 409 if there is one of that name."""
        name = body.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise invalid(f"Invalid bucket name: '{name}'")
        if self.find(name):
            message = "Your previous request to create the named bucket succeeded and you already own it."
            raise ApiError(409, "ALREADY_EXISTS", message)
        now = self._state.now()
        row = (name, project, 100_000_000_000 + sum(project.encode()), now, now, 1, json.dumps(_theirs(body)))
        with self._state.db:
            self._state.db.execute("INSERT INTO buckets VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return self.get(name)

    def find(self, name: str) -> dict[str, Any] | None:
        """The bucket as it is stored, if there is one."""
        if name not in self._known:
            row = self._state.db.execute("SELECT * FROM buckets WHERE name = ?", (name,)).fetchone()
            if row is None:
                return None
            self._known[name] = {**dict(row), "meta": json.loads(row["meta"])}
        return self._known[name]

    def get(self, name: str) -> dict[str, Any]:
        """The bucket as it is stored; else 404."""
        found = self.find(name)
        if found is None:
            raise ApiError(404, "NOT_FOUND", "The specified bucket does not exist.")
        return found

    def of(self, project: str, prefix: str = "") -> list[dict[str, Any]]:
        """A project's buckets, by name."""
        sql = "SELECT name FROM buckets WHERE project = ? ORDER BY name"
        names = [row[0] for row in self._state.db.execute(sql, (project,)).fetchall()]
        return [self.get(name) for name in names if name.startswith(prefix)]

    def update(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Other metadata; None takes a key away."""
        meta = {key: value for key, value in {**self.get(name)["meta"], **_theirs(body)}.items() if value is not None}
        with self._state.db:
            sql = "UPDATE buckets SET meta = ?, updated = ?, metageneration = metageneration + 1 WHERE name = ?"
            self._state.db.execute(sql, (json.dumps(meta), self._state.now(), name))
        self._known.pop(name, None)
        return self.get(name)

    def delete(self, name: str) -> None:
        """Away with it, if it is empty; else 409."""
        self.get(name)
        if self._state.db.execute("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", (name,)).fetchone():
            raise ApiError(409, "FAILED_PRECONDITION", "The bucket you tried to delete is not empty.")
        with self._state.db:
            self._state.db.execute("DELETE FROM buckets WHERE name = ?", (name,))
        self._known.pop(name, None)


def _theirs(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in NOT_THEIRS}


def resource(bucket: Mapping[str, Any], base: str) -> dict[str, Any]:
    """As the API shows it."""
    location = str(bucket["meta"].get("location", "US")).upper()
    return {
        "kind": "storage#bucket",
        "id": bucket["name"],
        "selfLink": f"{base}/storage/v1/b/{quote(bucket['name'], safe='')}",
        "name": bucket["name"],
        "projectNumber": str(bucket["number"]),
        "generation": str(int(bucket["created"] * 1e6)),
        "metageneration": str(bucket["metageneration"]),
        "storageClass": "STANDARD",
        "timeCreated": moment(bucket["created"]),
        "updated": moment(bucket["updated"]),
        "etag": base64.b64encode(str(bucket["metageneration"]).encode()).decode(),
        "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": False}, "publicAccessPrevention": "inherited"},
        **bucket["meta"],
        "location": location,
        "locationType": "multi-region" if location in ("US", "EU", "ASIA") else "region",
    }
