"""No web page may drive a server that runs code: rebinding, forgery, forms, large bodies."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from sweeper.emulator.guard import hosts

JOBS = "/v1/projects/proj/jobs"
JSON = {"Content-Type": "application/json"}


def port_of(server):
    return urlsplit(server.url).port


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LocalHost:{}", "[::1]:{}"])
def test_its_own_names_are_answered(emulator, host):
    assert emulator.call("GET", JOBS, headers={"Host": host.format(port_of(emulator))})[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{}",  # a page's own name, rebound to 127.0.0.1
        "evil.example",
        "127.0.0.1.evil.example:{}",
        "localhost.evil.example:{}",
        "localhost:1",
        "localhost",
        "192.168.0.1:{}",
        "0.0.0.0:{}",
        "",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/_emulator/requests"), ("POST", JOBS), ("GET", "/nowhere")])
def test_a_name_that_is_not_its_own_is_refused(emulator, host, method, path):
    headers = {"Host": host.format(port_of(emulator)), **JSON}
    status, _, body = emulator.call(method, path, {} if method == "POST" else None, headers)
    assert (status, body["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{}", "http://127.0.0.1", "file://"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", JOBS), ("GET", "/_emulator/requests"), ("OPTIONS", JOBS)])
def test_a_page_of_elsewhere_is_refused(emulator, origin, method, path):
    status, headers, _ = emulator.call(method, path, headers={"Origin": origin.format(port_of(emulator)), **JSON})
    assert status == 403
    assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_page_of_its_own_would_be_answered(emulator):
    assert emulator.call("GET", JOBS, headers={"Origin": emulator.url, "Sec-Fetch-Site": "same-origin"})[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_a_browser_says_comes_from_elsewhere_is_refused(emulator, site):
    assert emulator.call("GET", JOBS, headers={"Sec-Fetch-Site": site})[0] == 403


# what a page can send without asking first
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", JOBS),
        ("POST", "/v1/projects/p/locations/us-central1/customJobs"),
        ("POST", f"{JOBS}/a:cancel"),
        ("POST", "/storage/v1/b?project=p"),
        ("POST", "/_emulator/faults"),
        ("POST", "/_emulator/clock"),
        ("POST", "/batch/storage/v1"),
        ("PATCH", f"{JOBS}/a"),
    ],
)
def test_json_that_does_not_say_it_is_json_is_refused(emulator, kind, method, path):
    assert emulator.call(method, path, b'{"name":"bucket"}', {"Content-Type": kind})[0] == 415
    assert emulator.call("GET", "/storage/v1/b?project=p")[2]["items"] == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("way", ["media", "multipart"])
def test_a_form_is_no_upload(emulator, kind, way):
    emulator.make_bucket()
    path = f"/upload/storage/v1/b/bucket/o?uploadType={way}&name=a"
    assert emulator.call("POST", path, b"x", {"Content-Type": kind})[0] == 415


def test_what_was_refused_is_in_the_books_and_did_not_happen(emulator):
    emulator.call("POST", JOBS, b"{}", {"Content-Type": "text/plain"})
    (row,) = emulator.requests()
    assert (row["status"], row["acts"]) == (415, 0)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(emulator):
    head = f"POST {JOBS} HTTP/1.1\r\nHost: 127.0.0.1:{port_of(emulator)}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", port_of(emulator)), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: 999999999999\r\n\r\n{{".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_grows_too_large_is_refused(emulator):
    def endless():
        for _ in range(11):
            yield b" " * (1 << 20)

    try:
        status = emulator.call("POST", JOBS, endless(), JSON)[0]
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # it hung up while we were still sending
    assert status == 413


@pytest.mark.parametrize("body", [b"{", b"[]", b'"a"', b"\xff", b"[" * 100_000, b'{"a": 1} x'])
@pytest.mark.parametrize("path", [JOBS, "/storage/v1/b?project=p", "/_emulator/clock", "/v2/entries:list"])
def test_a_body_that_is_no_json_object_is_a_bad_request(emulator, path, body):
    status, _, answer = emulator.call("POST", path, body, JSON)
    assert (status, answer["error"]["code"]) == (400, 400)


def test_it_listens_on_loopback_alone_unless_told_otherwise(emulator):
    assert urlsplit(emulator.url).hostname == "127.0.0.1"


def test_on_every_address_it_answers_to_numbers_but_not_to_names(make_emulator):
    server = make_emulator(host="0.0.0.0")
    port = port_of(server)
    assert server.call("GET", JOBS, headers={"Host": f"192.168.0.7:{port}"})[0] == 200
    assert server.call("GET", JOBS, headers={"Host": f"evil.example:{port}"})[0] == 403


def test_a_host_that_was_asked_for_is_its_own():
    assert "example.test:80" in hosts("Example.test", 80)
    assert "[fe80::1]:8080" in hosts("fe80::1", 8080)
