"""The ways contents come in: in one piece, in two parts, and resumable across cuts and restarts."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import time
from urllib.parse import urlsplit

import pytest

from sweeper.emulator.errors import ApiError
from sweeper.emulator.storage.multipart import parts

OBJECTS = "/storage/v1/b/bucket/o"
RESUMABLE = f"/upload{OBJECTS}?uploadType=resumable"
META = {"name": "a", "contentType": "text/plain", "metadata": {"k": "v"}}


@pytest.fixture
def bucket(emulator):
    emulator.make_bucket()
    return emulator


def content(server, name="a"):
    status, _, body = server.call("GET", f"{OBJECTS}/{name}?alt=media")
    return body if status == 200 else status


def begin(server, path=RESUMABLE, meta=META):
    status, headers, _ = server.call("POST", path, meta)
    assert status == 200
    url = urlsplit(headers["Location"])
    assert f"{url.scheme}://{url.netloc}" == server.url
    return f"{url.path}?{url.query}"


def send(server, session, data, span=None, kind="text/plain"):
    headers = {"Content-Type": kind} | ({"Content-Range": span} if span else {})
    status, found, body = server.call("PUT", session, data, headers)
    return status, found.get("Range"), body


JSON, CSS = b"Content-Type: application/json", b"Content-Type: text/css"
BOOK = (b"--X", JSON, b"", b'{"name":"a"}', b"--X", CSS, b"", b"hi", b"--X--")
# how clients of this world write two parts
BODIES = {
    "by the book": b"\r\n".join((*BOOK, b"")),
    "bare line feeds": b"\n".join(BOOK),
    "blank lines around": b"\r\n".join((b"", b"", *BOOK, b"", b"")),
    "small letters": b"\r\n".join(BOOK).replace(b"Content-Type", b"content-type"),
    "more headers": b"\r\n".join(BOOK).replace(CSS, b"MIME-Version: 1.0\r\n" + CSS + b"\r\nX: y"),
    "text around": b"\r\n".join((b"This is a message.", *BOOK, b"the end")),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("boundary", ["X", '"X"', "'X'"])
def test_two_parts_as_clients_write_them(bucket, body, boundary):
    headers = {"Content-Type": f"multipart/related; boundary={boundary}"}
    status, _, made = bucket.call("POST", f"/upload{OBJECTS}?uploadType=multipart", body, headers)
    assert (status, made["name"], made["contentType"]) == (200, "a", "text/css")
    assert content(bucket) == b"hi"


def test_a_content_may_look_like_its_boundary():
    tricky = b"--X--not\r\n --X\r\nx--X\r\n--XY\r\n"
    body = b"--X\r\n\r\n{}\r\n--X\r\n\r\n" + tricky + b"\r\n--X--"
    assert [part.body for part in parts("multipart/related; boundary=X", body)] == [b"{}", tricky]


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\n\n", bytes(range(256))])
def test_a_content_in_two_parts_arrives_byte_for_byte(data):
    body = b"--X\r\nContent-Type: application/json\r\n\r\n{}\r\n--X\r\nContent-Type: a/b\r\n\r\n" + data + b"\r\n--X--"
    assert parts("multipart/related; boundary=X", body)[1].body == data


@pytest.mark.parametrize("kind", ["multipart/related", "multipart/related; boundary=Y"])
def test_a_body_that_does_not_hold_its_boundary_is_refused(kind):
    with pytest.raises(ApiError):
        parts(kind, b"--X\r\n\r\n{}\r\n--X--")


@pytest.mark.parametrize("key", ["md5Hash", "crc32c"])
def test_a_content_that_is_not_what_the_client_says_is_refused(bucket, key):
    meta = json.dumps({"name": "a", key: "AAAAAA=="}).encode()
    body = b"--X\r\n\r\n" + meta + b"\r\n--X\r\n\r\nhi\r\n--X--"
    headers = {"Content-Type": "multipart/related; boundary=X"}
    assert bucket.call("POST", f"/upload{OBJECTS}?uploadType=multipart", body, headers)[0] == 400
    assert content(bucket) == 404
    right = {"name": "a", "md5Hash": base64.b64encode(hashlib.md5(b"hi").digest()).decode()}
    session = begin(bucket, meta={**right, key: "AAAAAA=="})
    assert send(bucket, session, b"hi")[0] == 400
    assert content(bucket) == 404
    assert send(bucket, begin(bucket, meta=right), b"hi")[0] == 200


def test_a_hash_in_a_header_counts_too(bucket):
    path = f"/upload{OBJECTS}?uploadType=media&name=a"
    headers = {"Content-Type": "text/plain", "X-Goog-Hash": "crc32c=AAAAAA=="}
    assert bucket.call("POST", path, b"hi", headers)[0] == 400


def test_curl_may_send_the_bytes_as_it_does_by_itself(bucket):
    status, _, _ = send(bucket, begin(bucket), b"abc", kind="application/x-www-form-urlencoded")
    assert (status, content(bucket)) == (200, b"abc")


def test_a_resumable_upload_in_one_piece(bucket):
    status, _, made = send(bucket, begin(bucket), b"hello")
    assert (status, made["size"], made["contentType"], made["metadata"]) == (200, "5", "text/plain", {"k": "v"})
    assert content(bucket) == b"hello"


def test_chunks_come_one_after_the_other(bucket):
    session = begin(bucket)
    assert send(bucket, session, b"", "bytes */*")[:2] == (308, None)
    assert send(bucket, session, b"hello ", "bytes 0-5/*")[:2] == (308, "bytes=0-5")
    assert send(bucket, session, b"", "bytes */11")[:2] == (308, "bytes=0-5")
    assert content(bucket) == 404
    status, _, made = send(bucket, session, b"world", "bytes 6-10/11")
    assert (status, made["size"]) == (200, "11")
    assert content(bucket) == b"hello world"


def test_the_total_may_be_said_after_the_last_byte(bucket):
    session = begin(bucket)
    assert send(bucket, session, b"hello", "bytes 0-4/*")[0] == 308
    assert send(bucket, session, b"", "bytes */5")[0] == 200
    assert content(bucket) == b"hello"


def test_an_empty_object_is_uploaded_too(bucket):
    assert send(bucket, begin(bucket), b"", "bytes */0")[0] == 200
    assert content(bucket) == b""


def test_a_chunk_that_is_sent_again_counts_once(bucket):
    session = begin(bucket)
    send(bucket, session, b"hello ", "bytes 0-5/11")
    assert send(bucket, session, b"llo wor", "bytes 2-8/11")[:2] == (308, "bytes=0-8")
    assert send(bucket, session, b"ld", "bytes 9-10/11")[0] == 200
    assert content(bucket) == b"hello world"


def test_a_chunk_that_leaves_a_gap_is_refused(bucket):
    session = begin(bucket)
    send(bucket, session, b"hello ", "bytes 0-5/20")
    assert send(bucket, session, b"x", "bytes 9-9/20")[0] == 400
    assert send(bucket, session, b"", "bytes */20")[:2] == (308, "bytes=0-5")


def test_a_finished_upload_says_so_again(bucket):
    session = begin(bucket)
    first = send(bucket, session, b"hello")[2]
    assert send(bucket, session, b"", "bytes */5")[2] == first
    assert send(bucket, session, b"hello")[2] == first


def test_an_upload_goes_on_after_the_connection_was_cut(bucket):
    session, data = begin(bucket), os.urandom(600_000)
    host = urlsplit(bucket.url).netloc
    head = f"PUT {session} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\n"
    head += f"Content-Length: {len(data)}\r\nContent-Range: bytes 0-{len(data) - 1}/{len(data)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as connection:
        connection.sendall(head.encode() + data[:400_000])
    have = arrived(bucket, session, at_least=1)
    assert send(bucket, session, data[have:], f"bytes {have}-{len(data) - 1}/{len(data)}")[0] == 200
    assert content(bucket) == data


def arrived(server, session, *, at_least):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        _, span, _ = send(server, session, b"", "bytes */*")
        if span and (have := int(span.rpartition("-")[2]) + 1) >= at_least:
            return have
    raise AssertionError("nothing of it arrived")


def test_an_upload_goes_on_after_a_restart(bucket):
    session = begin(bucket)
    send(bucket, session, b"hello ", "bytes 0-5/11")
    bucket.restart()
    assert send(bucket, session, b"", "bytes */11")[:2] == (308, "bytes=0-5")
    assert send(bucket, session, b"world", "bytes 6-10/11")[0] == 200
    bucket.restart()
    assert content(bucket) == b"hello world"
    assert send(bucket, session, b"", "bytes */11")[0] == 200


def test_a_precondition_is_looked_at_in_the_beginning_and_at_the_end(bucket):
    path = f"{RESUMABLE}&ifGenerationMatch=0"
    late, first = begin(bucket, path), begin(bucket, path)
    assert send(bucket, first, b"first")[0] == 200
    assert send(bucket, late, b"late")[0] == 412
    assert bucket.call("POST", path, META)[0] == 412
    assert content(bucket) == b"first"
    assert len([one for one in (bucket.dir / "blobs").rglob("*") if one.is_file()]) == 1


def test_a_cancelled_upload_is_gone(bucket):
    session = begin(bucket)
    send(bucket, session, b"hello ", "bytes 0-5/11")
    assert bucket.call("DELETE", session)[0] == 499
    assert send(bucket, session, b"world", "bytes 6-10/11")[0] == 404
    assert not [one for one in (bucket.dir / "blobs").rglob("*") if one.is_file()]


def test_a_session_that_nobody_finished_in_a_week_is_forgotten(make_emulator):
    server = make_emulator(clock="fake", simulate=1.0)
    server.make_bucket()
    session = begin(server)
    send(server, session, b"hello ", "bytes 0-5/11")
    server.advance(6 * 86_400)
    server.restart()
    assert send(server, session, b"", "bytes */11")[0] == 308
    server.advance(2 * 86_400)
    server.restart()
    assert send(server, session, b"", "bytes */11")[0] == 404
    assert not [one for one in (server.dir / "blobs").rglob("*") if one.is_file()]


@pytest.mark.parametrize("span", ["bytes 0-4", "0-4/5", "bytes 5-0/x"])
def test_a_range_that_cannot_be_read_is_refused(bucket, span):
    assert send(bucket, begin(bucket), b"hello", span)[0] == 400


@pytest.mark.parametrize(
    "path", [f"/upload{OBJECTS}?uploadType=carrier-pigeon&name=a", f"/upload{OBJECTS}?uploadType=media", RESUMABLE]
)
def test_an_upload_that_says_too_little_is_refused(bucket, path):
    assert bucket.call("POST", path, {})[0] == 400
