"""Objects in buckets: read, written at a generation, listed; addresses are ``gs://bucket/name`` throughout."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sweeper.google.call import Call
from sweeper.google.caller import Caller
from sweeper.google.endpoints import Service
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.objects import FIELDS, Object, from_answer, glob_escaped, named, split
from sweeper.google.settle import settled
from sweeper.google.upload import PART, Progress, in_parts, md5_of, md5_of_bytes

OBJECTS, BUCKETS = "objects", "buckets"
ANY_TYPE = "application/octet-stream"
PAGE = 1000


class Storage:
    """Cloud Storage. Threads may share it; every call raises CallFailed only."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def read(self, url: str, *, start: int = 0) -> bytes:
        """The contents from byte ``start`` on; nothing where there are no more. NOT_FOUND without such an object."""
        bucket, name = named(url)
        call = self._call(f"read {url}", bucket, plain=True)

        def build(objects: Any) -> Any:
            request = objects.get_media(bucket=bucket, object=name)
            request.headers["accept-encoding"] = "identity"  # as it is stored
            if start:
                request.headers["range"] = f"bytes={start}-"
            return request

        try:
            data: bytes = self._caller.ask(call, OBJECTS, build)
        except CallFailed as failed:
            if failed.status == 416:
                return b""
            raise
        return data

    def write(self, url: str, data: bytes, *, generation: int | None = None, content_type: str = ANY_TYPE) -> int:
        """Write an object and return its new generation.

        ``generation``: only over that one, 0 = only if there is none; PRECONDITION otherwise. A reply that is lost is
        settled by looking: what is there with the same contents is ours.
        """
        from googleapiclient.http import MediaIoBaseUpload

        bucket, name = named(url)
        call = self._call(f"write {url}", bucket, acts=True)
        media = MediaIoBaseUpload(io.BytesIO(data), content_type)
        build = _insert(bucket, name, generation, media)
        return settled(
            lambda: _generation(self._caller.once(call, OBJECTS, build)),
            lambda: self.stat(url),
            lambda: md5_of_bytes(data),
            generation,
            self._caller.patience,
        )

    def upload_file(
        self,
        url: str,
        path: Path,
        *,
        generation: int | None = None,
        content_type: str = ANY_TYPE,
        progress: Progress | None = None,
    ) -> int:
        """The same with a file; a large one goes in parts, and ``progress`` hears of each."""
        size = path.stat().st_size
        if size <= PART:
            written = self.write(url, path.read_bytes(), generation=generation, content_type=content_type)
            if progress is not None:
                progress(size, size)
            return written
        from googleapiclient.http import MediaIoBaseUpload

        bucket, name = named(url)
        call = self._call(f"upload {path.name} to {url}", bucket, acts=True)

        def send() -> int:
            with path.open("rb") as file:
                media = MediaIoBaseUpload(file, content_type, chunksize=PART, resumable=True)
                request = self._caller.request(call, OBJECTS, _insert(bucket, name, generation, media))
                return _generation(in_parts(self._caller, call, request, size, progress))

        return settled(send, lambda: self.stat(url), lambda: md5_of(path), generation, self._caller.patience)

    def stat(self, url: str) -> Object | None:
        """What is there; None without such an object or bucket."""
        bucket, name = named(url)
        call = self._call(f"look at {url}", bucket)
        try:
            found = self._caller.ask(
                call, OBJECTS, lambda objects: objects.get(bucket=bucket, object=name, fields=FIELDS)
            )
        except CallFailed as failed:
            if failed.kind is Kind.NOT_FOUND:
                return None
            raise
        return from_answer(bucket, found)

    def list(self, prefix_url: str, *, glob: str | None = None, page_size: int = PAGE) -> Iterator[Object]:
        """All objects whose names begin so, in their order, page by page as they are needed.

        ``glob``: of those, only the ones whose name goes on like this after the prefix; the service picks them, with
        its own ``matchGlob``: ``*`` stays within a folder, ``**`` does not.
        """
        bucket, prefix = split(prefix_url)
        call = self._call(f"list {prefix_url}", bucket)
        arguments: dict[str, Any] = {
            "bucket": bucket,
            "prefix": prefix or None,
            "matchGlob": None if glob is None else glob_escaped(prefix) + glob,
            "maxResults": page_size,
            "fields": f"nextPageToken,items({FIELDS})",
        }
        while True:
            page = self._caller.ask(call, OBJECTS, _listing(arguments))
            yield from (from_answer(bucket, item) for item in page.get("items", []))
            if not (token := page.get("nextPageToken")):
                return
            arguments = {**arguments, "pageToken": token}

    def delete(self, url: str) -> None:
        """Remove an object; one that is not there is fine."""
        bucket, name = named(url)
        call = self._call(f"delete {url}", bucket, plain=True)
        try:
            self._caller.ask(call, OBJECTS, lambda objects: objects.delete(bucket=bucket, object=name))
        except CallFailed as failed:
            if failed.kind is not Kind.NOT_FOUND:
                raise

    def make_bucket(self, bucket: str, project: str, region: str) -> None:
        """Make a bucket; EXISTS where anybody has one of that name."""
        call = self._call(f"make the bucket gs://{bucket}", bucket, acts=True, project=project)
        body = {
            "name": bucket,
            "location": region,
            "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}},
        }
        try:
            self._caller.once(call, BUCKETS, lambda buckets: buckets.insert(project=project, body=body))
        except CallFailed as failed:
            if failed.kind is not Kind.UNCERTAIN or not self.bucket_exists(bucket):
                raise

    def bucket_exists(self, bucket: str) -> bool:
        """Whether there is one of that name; DENIED where it is there for others only."""
        call = self._call(f"look at the bucket gs://{bucket}", bucket)
        try:
            self._caller.ask(call, BUCKETS, lambda buckets: buckets.get(bucket=bucket, fields="name"))
        except CallFailed as failed:
            if failed.kind is Kind.NOT_FOUND:
                return False
            if failed.kind is not Kind.DENIED:
                raise
            # Whoever may use its objects need not be allowed to look at the bucket itself.
            self._caller.ask(
                call, OBJECTS, lambda objects: objects.list(bucket=bucket, maxResults=1, fields="items(name)")
            )
        return True

    def permitted(self, bucket: str, permissions: tuple[str, ...]) -> frozenset[str]:
        """Which of the permissions we have on a bucket."""
        call = self._call(f"ask for our permissions on gs://{bucket}", bucket)
        found = self._caller.ask(
            call, BUCKETS, lambda buckets: buckets.testIamPermissions(bucket=bucket, permissions=list(permissions))
        )
        return frozenset(found.get("permissions", []))

    def _call(self, what: str, bucket: str, *, acts: bool = False, plain: bool = False, project: str = "") -> Call:
        override = self._caller.endpoints.override or ""
        return Call(Service.STORAGE, what, acts=acts, project=project, bucket=bucket, plain=plain, override=override)


def _insert(bucket: str, name: str, generation: int | None, media: Any) -> Callable[[Any], Any]:
    return lambda objects: objects.insert(
        bucket=bucket, name=name, media_body=media, ifGenerationMatch=generation, fields="generation"
    )


def _listing(arguments: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda objects: objects.list(**arguments)


def _generation(answer: dict[str, Any]) -> int:
    return int(answer.get("generation", 0))
