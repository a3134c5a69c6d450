"""Cloud Storage's paths, and what answers on each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from sweeper.emulator.book import about
from sweeper.emulator.context import Context
from sweeper.emulator.payload import MOST_IN_MEMORY, answer, as_object, whole
from sweeper.emulator.storage import batch
from sweeper.emulator.storage.calls import Call
from sweeper.emulator.storage.media import send
from sweeper.emulator.storage.object_calls import ObjectCalls
from sweeper.emulator.storage.table import OBJECT, OBJECTS, Operation, Table
from sweeper.emulator.storage.upload_routes import UploadRoutes, base
from sweeper.emulator.storage.uploads import Uploads

UPLOADS = ("/upload", "/resumable/upload")  # the second as the API's description has it for one of the protocols
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
LENIENT = f"{OBJECTS}/{{object:.+}}"
"""For names whose slashes were not encoded; tried after all others."""


def routes(context: Context) -> list[web.RouteDef]:
    """All of Cloud Storage. What a killed emulator left half written is taken away first."""
    objects = context.objects
    uploads = Uploads(context.state, objects)
    objects.blobs.sweep([*objects.known_blobs(), *uploads.blobs()])
    table, calls, uploading = Table(objects), ObjectCalls(objects), UploadRoutes(context, uploads)

    async def media(request: web.Request) -> web.StreamResponse:
        stored = calls.found(await _call(request), reading=True)
        about(request, object=f"{stored.bucket}/{stored.name}")
        return await send(request, stored, objects.blobs.path(stored.blob))

    def or_media(handle: Handler) -> Handler:
        async def chosen(request: web.Request) -> web.StreamResponse:
            return await (media if request.query.get("alt") == "media" else handle)(request)

        return chosen

    async def many(request: web.Request) -> web.StreamResponse:
        body = await whole(request, MOST_IN_MEMORY)
        kind, text = batch.run(table, base(request), request.headers.get("Content-Type", ""), body)
        return web.Response(body=text, headers={"Content-Type": kind})

    found = []
    lenient = []
    for method, path, operation in table.rows:
        handle = _plain(operation)
        if (method, path) == ("GET", OBJECT):
            handle = or_media(handle)
        found.append(web.route(method, path, handle))
        if path == OBJECT:
            lenient.append(web.route(method, LENIENT, handle))
    return [
        *found,
        *(
            web.route(method, f"{start}{OBJECTS}", handler)
            for start in UPLOADS
            for method, handler in (("POST", uploading.post), ("PUT", uploading.put), ("DELETE", uploading.delete))
        ),
        web.get(f"/download{OBJECT}", media, allow_head=False),
        web.post("/batch/storage/v1", many),
        web.post("/batch", many),
        *lenient,
        web.get(f"/download{LENIENT}", media, allow_head=False),
    ]


def _plain(operation: Operation) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        call = await _call(request)
        if "object" in call.params:
            about(request, object=f"{call.params['bucket']}/{call.params['object']}")
        reply = operation(call)
        if reply.body is None:
            return web.Response(status=reply.status)
        return answer(reply.shown(request.query.get("fields", "")), reply.status, reply.headers)

    return handle


async def _call(request: web.Request) -> Call:
    body = as_object(await whole(request)) if request.method != "GET" else {}
    return Call(base(request), request.match_info, request.query, body)
