"""The calls of the JSON API, by method and path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import unquote

from sweeper.emulator.errors import ApiError
from sweeper.emulator.storage.bucket_calls import BucketCalls
from sweeper.emulator.storage.calls import Call, Reply
from sweeper.emulator.storage.object_calls import ObjectCalls
from sweeper.emulator.storage.objects import Objects

Operation: TypeAlias = Callable[[Call], Reply]
BUCKETS = "/storage/v1/b"
BUCKET = f"{BUCKETS}/{{bucket}}"
OBJECTS = f"{BUCKET}/o"
OBJECT = f"{OBJECTS}/{{object}}"


class Table:
    """All operations."""

    def __init__(self, objects: Objects) -> None:
        buckets, calls = BucketCalls(objects), ObjectCalls(objects)
        self.rows: tuple[tuple[str, str, Operation], ...] = (
            ("GET", BUCKETS, buckets.list),
            ("POST", BUCKETS, buckets.insert),
            ("GET", BUCKET, buckets.get),
            ("PATCH", BUCKET, buckets.update),
            ("PUT", BUCKET, buckets.update),
            ("DELETE", BUCKET, buckets.delete),
            ("GET", f"{BUCKET}/storageLayout", buckets.layout),
            ("GET", f"{BUCKET}/iam/testPermissions", buckets.allowed),
            *(("GET", f"{BUCKET}/{other}", buckets.none) for other in ("folders", "managedFolders")),
            ("GET", OBJECTS, calls.list),
            ("GET", OBJECT, calls.get),
            ("PATCH", OBJECT, calls.patch),
            ("PUT", OBJECT, calls.update),
            ("DELETE", OBJECT, calls.delete),
            ("POST", f"{OBJECT}/compose", calls.compose),
            ("POST", f"{OBJECT}/copyTo/b/{{to_bucket}}/o/{{to_object}}", calls.copy),
            ("POST", f"{OBJECT}/rewriteTo/b/{{to_bucket}}/o/{{to_object}}", calls.rewrite),
            ("POST", f"{OBJECT}/moveTo/o/{{to_object}}", calls.move),
        )
        self._patterns = [
            (method, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))), operation)
            for method, path, operation in self.rows
        ]

    def find(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]]:
        """The operation of a request in a batch, and what its path names; else 404."""
        for operation, params in self._matches(method, raw_path):
            return operation, params
        raise ApiError(404, "NOT_FOUND", "Not Found")

    def _matches(self, method: str, raw_path: str) -> Iterator[tuple[Operation, dict[str, str]]]:
        for one, pattern, operation in self._patterns:
            if one == method and (match := pattern.fullmatch(raw_path)):
                yield operation, {key: unquote(value) for key, value in match.groupdict().items()}
