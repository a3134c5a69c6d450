"""The three ways an object's contents come in: plain, with its metadata in two parts, and resumable."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sweeper.emulator.book import about
from sweeper.emulator.context import Context
from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.payload import MOST_IN_MEMORY, answer, as_object, pieces, whole
from sweeper.emulator.storage.checksums import Checksums
from sweeper.emulator.storage.fields import only
from sweeper.emulator.storage.multipart import parts
from sweeper.emulator.storage.objects import Content
from sweeper.emulator.storage.preconditions import conditions
from sweeper.emulator.storage.stored import Stored, resource, settable
from sweeper.emulator.storage.uploads import Uploads, check_sums, span

LARGE = 4 << 20
"""Above this, checksums are made beside the event loop."""


class UploadRoutes:
    """Handlers of ``/upload/storage/v1/b/{bucket}/o``."""

    def __init__(self, context: Context, uploads: Uploads) -> None:
        self._context, self._objects, self._uploads = context, context.objects, uploads

    async def post(self, request: web.Request) -> web.Response:
        """A new upload of whichever kind."""
        if "upload_id" in request.query:
            return await self.put(request)  # as gcsfs does it
        kind = request.query.get("uploadType", "media")
        match kind:
            case "media":
                return await self._plain(request)
            case "multipart":
                return await self._multipart(request)
            case "resumable":
                return await self._start(request)
            case _:
                raise invalid(f"Invalid value for parameter uploadType: {kind!r}")

    async def put(self, request: web.Request) -> web.Response:
        """The next bytes of a resumable upload, or the question how many there are."""
        upload = _session(request)
        got = await self._uploads.put(upload, span(request.headers.get("Content-Range")), pieces(request))
        headers = {"X-GUploader-UploadID": upload}
        if isinstance(got, Stored):
            return self._made(request, got, headers)
        if got:
            headers["Range"] = f"bytes=0-{got - 1}"
        return web.Response(status=308, reason="Resume Incomplete", headers=headers)

    async def delete(self, request: web.Request) -> web.Response:
        """A resumable upload is given up."""
        self._uploads.cancel(_session(request))
        return web.Response(status=499, reason="Client Closed Request")

    async def _plain(self, request: web.Request) -> web.Response:
        sums, size, blob = Checksums(), 0, self._objects.blobs.new()
        try:
            with self._objects.blobs.path(blob).open("wb") as file:
                async for piece in pieces(request):
                    file.write(piece)
                    sums.update(piece)
                    size += len(piece)
        except BaseException:
            # Cut off or too large: nobody will ever ask for it.
            self._objects.blobs.drop(blob)
            raise
        meta = {"contentType": request.headers.get("Content-Type", "application/octet-stream")}
        return self._insert(request, Content(blob, size, sums.md5, sums.crc32c), meta)

    async def _multipart(self, request: web.Request) -> web.Response:
        found = parts(request.headers.get("Content-Type", ""), await whole(request, MOST_IN_MEMORY))
        if len(found) != 2:
            raise invalid(f"A multipart upload has two parts, metadata and content; this one has {len(found)}.")
        meta = as_object(found[0].body)
        meta.setdefault("contentType", found[1].headers.get("content-type", "application/octet-stream"))
        data = found[1].body
        make = self._objects.content
        content = make(data) if len(data) < LARGE else await asyncio.to_thread(make, data)
        return self._insert(request, content, meta)

    async def _start(self, request: web.Request) -> web.Response:
        meta = as_object(await whole(request))
        name = _name(request, meta)
        if kind := request.headers.get("X-Upload-Content-Type"):
            meta.setdefault("contentType", kind)
        upload = self._uploads.start(request.match_info["bucket"], name, request.query, _checked(request, meta))
        about(request, object=f"{request.match_info['bucket']}/{name}", upload=upload)
        bucket = quote(request.match_info["bucket"], safe="")
        place = f"{base(request)}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={quote(name, safe='')}"
        headers = {"Location": f"{place}&upload_id={upload}", "X-GUploader-UploadID": upload}
        return web.Response(headers=headers)

    def _insert(self, request: web.Request, content: Content, meta: Mapping[str, Any]) -> web.Response:
        try:
            name = _name(request, meta)
            check_sums(_checked(request, meta), content)
            wanted = conditions(request.query)
        except ApiError:
            self._objects.blobs.drop(content.blob)
            raise
        stored = self._objects.insert(request.match_info["bucket"], name, content, settable(meta), wanted)
        return self._made(request, stored, {})

    def _made(self, request: web.Request, stored: Stored, headers: Mapping[str, str]) -> web.Response:
        about(request, object=f"{stored.bucket}/{stored.name}", generation=stored.generation)
        shown = resource(stored, base(request))
        fields = request.query.get("fields")
        return answer(only(shown, fields) if fields else shown, headers={"ETag": stored.etag, **headers})


def base(request: web.Request) -> str:
    """``http://host:port`` as the client wrote it."""
    return f"{request.scheme}://{request.host}"


def _session(request: web.Request) -> str:
    upload = request.query.get("upload_id")
    if not upload:
        raise invalid("Required parameter: upload_id")
    return upload


def _name(request: web.Request, meta: Mapping[str, Any]) -> str:
    name = request.query.get("name") or meta.get("name")
    if not isinstance(name, str) or not name:
        raise invalid("Required parameter: name")
    return name


def _checked(request: web.Request, meta: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata and the checksums that a header says."""
    found = dict(meta)
    for entry in request.headers.get("X-Goog-Hash", "").split(","):
        kind, _, value = entry.strip().partition("=")
        if value and kind in ("md5", "crc32c"):
            found.setdefault("md5Hash" if kind == "md5" else kind, value)
    return found
