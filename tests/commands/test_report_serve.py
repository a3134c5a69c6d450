"""``sweeper report --serve``: the page at a local address, for this machine's browsers alone, and never in the way."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from command_lab import interrupt, is_refused, until

from sweeper import cli
from sweeper.commands.reporting.serve import Page
from sweeper.commands.shared import existing
from sweeper.driver.refresh import Kept

pytest.importorskip("plotly", reason="sweeper[report] is not installed")


class Served:
    """A sweep's page, served by a process of its own."""

    def __init__(self, lab):
        self.lab = lab
        self.child = lab.start("report", "toy", "--serve", "--port=0", "--json")
        self.url = json.loads(self.child.stdout.readline())["url"]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def ask(self, path="/data", method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def data(self):
        return json.loads(self.ask()[1])

    def end(self):
        interrupt(self.child)
        return self.lab.end(self.child)


def test_the_page_follows_a_sweep_that_runs_and_its_end_stops_nothing(lab):
    lab.config(x="[1, 2, 3]", mode="[fine, wait]", more="limits: {parallel: 3}\n")
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) >= 3, "the first trials")
    served = Served(lab)
    first, page = served.ask("/")
    assert (first.status, first.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
    assert b'id="live"' in page
    until(lambda: served.data()["tiles"].get("succeeded") == "3", "the trials that do not wait")
    tag = served.ask()[0].getheader("ETag")
    until(lambda: served.ask(If_None_Match=tag)[0].status == 304, "rest")
    (lab.folder / "go").touch()
    assert lab.end(launch).code == 0
    until(lambda: served.data()["tiles"].get("succeeded") == "6", "the end")
    assert served.ask(If_None_Match=tag)[0].status == 200
    ended = served.end()
    assert (ended.code, ended.out) == (0, "")
    assert "^C ends it" in ended.err
    assert lab.states() == {"succeeded": 6}


def test_it_ends_while_the_sweep_goes_on(lab):
    lab.config(x="[1, 2]", mode="wait", more="limits: {parallel: 2}\n")
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the start")
    served = Served(lab)
    served.child.send_signal(signal.SIGINT)
    assert lab.end(served.child).code == 0
    (lab.folder / "go").touch()
    assert lab.end(launch).code == 0
    assert lab.states() == {"succeeded": 2}


def test_only_this_machines_browsers_read_it_and_nobody_writes(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    served = Served(lab)
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert served.ask(Host=f"{host}:{served.port}")[0].status == 200
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", "127.0.0.1:1", ""):
        assert served.ask(Host=host)[0].status == 403, host
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"):
        answer, _ = served.ask(method=method)
        assert (answer.status, answer.getheader("Allow")) == (405, "GET, HEAD"), method
    assert served.ask("/../ledger.db")[0].status == 404
    answer, body = served.ask("/", method="HEAD")
    assert (answer.status, body) == (200, b"")
    assert int(answer.getheader("Content-Length")) > 1000
    with socket.create_connection(("127.0.0.1", served.port)) as other:
        other.sendall(f"HEAD /data HTTP/1.1\r\nHost: localhost:{served.port}\r\nConnection: close\r\n\r\n".encode())
        said = b"".join(iter(lambda: other.recv(65536), b""))
    assert said.startswith(b"HTTP/1.1 200 ")
    assert said.endswith(b"\r\n\r\n")
    assert served.end().code == 0


def test_its_headers_keep_other_pages_out_and_let_in_only_its_own_scripts(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    served = Served(lab)
    answer, body = served.ask("/", Origin="http://evil.example")
    headers = {name.lower(): text for name, text in answer.getheaders()}
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control")]
    policy = headers["content-security-policy"]
    assert re.search(r'Content-Security-Policy" content="([^"]*)"', body.decode())[1] in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert served.end().code == 0


def test_many_who_ask_at_once_get_what_was_read_once(lab):
    lab.config(x="[1, 2, 3]")
    lab.run("launch", "sweep.yaml")
    here = cli.surroundings({"--home": None}, {})
    with existing(here) as ledger, Kept() as kept:
        page = Page(ledger, ledger.find_sweep("toy"), here, kept)
        answers = [page.answer(path) for path in ("/data", "/") * 20]
        assert page.made == 1
        assert len({id(one) for one in answers}) == 2
        assert page.answer("/elsewhere") is None
        page._rests_until = 0.0
        page.answer("/data")
        assert page.made == 1  # nobody has written
        ledger.set_metric(page._row.id, lab.run("results", "--json").json[0]["trial"], 7.0)
        page._rests_until = time.monotonic() + 60
        assert page.answer("/data") is answers[0]  # it has just looked
        page._rests_until = 0.0
        assert json.loads(page.answer("/data").body)["tiles"]["best score"] == "7"
        assert page.made == 2
    served = Served(lab)
    with ThreadPoolExecutor(40) as pool:
        found = list(pool.map(lambda _: served.ask()[0].status, range(200)))
    assert set(found) == {200}
    assert served.end().code == 0


def test_a_port_that_is_in_use_or_none_is_refused(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = lab.run("report", "toy", "--serve", f"--port={port}")
        is_refused(found, f"cannot listen on 127.0.0.1:{port}: Address already in use", "--port=0 takes any")
    is_refused(lab.run("report", "toy", "--serve", "--port=65536"), "expected a port, got 65536")
    is_refused(lab.run("report", "toy", "--serve", "--port=http"), "expected a whole number")
    assert lab.run("report", "toy", "--serve", "--output=page.html").code == 2


def test_a_page_in_a_file_has_nothing_that_asks_a_server(lab):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    lab.run("report", "toy", "--output=page.html")
    text = (lab.folder / "page.html").read_text()
    assert 'id="live"' not in text
    assert "connect-src" not in text
    assert "If-None-Match" not in text
