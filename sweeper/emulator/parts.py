"""Which part of which API a request asks for, as faults, quotas and books call it: ``ml.create``, ``storage.list``."""

from __future__ import annotations

import re

OWN = "emulator"
OVERRIDE = "X-HTTP-Method-Override"
"""How Google's client sends a GET whose address would be too long: as a POST."""
VERBS = {"POST": "create", "GET": "get", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}
COLLECTIONS = {"jobs": "ml", "customJobs": "custom", "hyperparameterTuningJobs": "tuning"}
JOBS = re.compile(
    r"/v1(?:beta1)?/projects/[^/]+/(?:locations/[^/]+/)?(jobs|customJobs|hyperparameterTuningJobs)(/[^/:]+)?(?::(\w+))?/?$"
)
STORAGE_ACTS = (("/rewriteTo/", "copy"), ("/copyTo/", "copy"))


def part_of(method: str, path: str, *, media: bool = False) -> str:
    """``path`` is the raw one, still percent-encoded; ``media`` = ``alt=media`` was asked for."""
    if path.startswith("/_emulator"):
        return OWN
    if path.startswith(("/upload/", "/resumable/upload/")):
        return "storage.upload"
    if path.startswith("/download/"):
        return "storage.read"
    if path.startswith("/batch"):
        return "storage.batch"
    if path.startswith("/storage/"):
        return _storage(method, path, media=media)
    if path.startswith("/v2/entries"):
        return "logging.list"
    if match := JOBS.match(path):
        collection, one, verb = match.groups()
        list_or = "list" if method == "GET" and not one else VERBS.get(method, method.lower())
        return f"{COLLECTIONS[collection]}.{verb or list_or}"
    return "other"


def _storage(method: str, path: str, *, media: bool) -> str:
    for sign, act in STORAGE_ACTS:
        if sign in path:
            return f"storage.{act}"
    if method == "POST" and path.endswith("/compose"):
        return "storage.compose"
    pieces = path.split("/", 6)
    if len(pieces) < 6 or pieces[5] != "o":
        return f"storage.bucket_{VERBS.get(method, method.lower())}"
    if len(pieces) == 6:
        return "storage.list" if method == "GET" else "storage.upload"
    return "storage.read" if media and method == "GET" else f"storage.{VERBS.get(method, method.lower())}"
