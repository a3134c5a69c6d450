"""Many small calls in one request: each part is an HTTP request of its own, and so is each answer."""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.payload import as_object
from sweeper.emulator.storage.calls import Call, Reply
from sweeper.emulator.storage.multipart import Part, headers, parts
from sweeper.emulator.storage.table import Table

BOUNDARY = "batch_of_the_emulator"
MOST = 100


def run(table: Table, base: str, content_type: str, body: bytes) -> tuple[str, bytes]:
    """Content type and body of the answer; the calls are made in their order."""
    asked = parts(content_type, body)
    if len(asked) > MOST:
        raise invalid(f"A batch takes at most {MOST} calls, this one has {len(asked)}.")
    text = b"".join(_answered(table, base, part) for part in asked)
    return f"multipart/mixed; boundary={BOUNDARY}", text + f"--{BOUNDARY}--\r\n".encode()


def _answered(table: Table, base: str, part: Part) -> bytes:
    try:
        reply = _called(table, base, part)
    except ApiError as error:
        reply = Reply(error.storage_body(), error.code, error.headers)
    name = part.headers.get("content-id", "").strip("<>")
    head = [f"--{BOUNDARY}", "Content-Type: application/http"]
    if name:
        head.append(f"Content-ID: <response-{name}>")
    content = b"" if reply.body is None else json.dumps(reply.body).encode()
    head += ["", f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    head += ["Content-Type: application/json; charset=UTF-8", f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(head).encode() + content + b"\r\n"


def _called(table: Table, base: str, part: Part) -> Reply:
    head, _, body = part.body.replace(b"\r\n", b"\n").partition(b"\n\n")
    line, _, _rest = head.partition(b"\n")
    words = line.decode("utf-8", "replace").split()
    if len(words) < 2:
        raise invalid("Failed to parse a part of the batch: it does not begin with a request line.")
    url = urlsplit(words[1])
    operation, params = table.find(words[0].upper(), url.path)
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    reply = operation(Call(base, params, query, as_object(body)))
    return Reply(reply.shown(query.get("fields", "")), reply.status, headers(head))
