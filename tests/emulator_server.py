"""The fixture ``emulator``: a running emulator in a thread, on a port of its own, in the test's folder.

``make_emulator(clock="fake", faults="...", simulate=1.0, ...)`` starts one with other options of
``sweeper.emulator.context.Options``. A conftest takes both in: ``pytest_plugins = ("tests.emulator_server",)``.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from concurrent.futures import Future
from pathlib import Path
from urllib.parse import urlencode

import pytest

DEADLINE = 30


class Emulator:
    """One emulator; what it keeps survives ``restart``."""

    def __init__(self, folder: Path, **options):
        self.dir = folder
        self.options = options
        self.url = ""
        self._port = 0
        self._thread = None

    def start(self):
        ready = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        try:
            self.url, self._loop, self._stop = ready.result(DEADLINE)
        except BaseException:
            self._thread = None
            raise
        self._port = int(self.url.rpartition(":")[2])
        return self

    def _run(self, ready):
        from sweeper.emulator.context import Options
        from sweeper.emulator.server import serve

        async def main():
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            options = Options(self.dir, port=self._port, **self.options)
            await serve(options, ready=lambda url: ready.set_result((url, loop, stop)), stop=stop)

        try:
            asyncio.run(main())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    def stop(self):
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(DEADLINE)
            assert not self._thread.is_alive(), "the emulator did not end"
            self._thread = None

    def restart(self, **options):
        """End and begin again, on the same port, in the same folder."""
        self.stop()
        self.options |= options
        return self.start()

    def call(self, method, path, body=None, headers=None):
        """(status, headers, body) of one request; JSON is decoded, a dict is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=DEADLINE)
        try:
            headers = dict(headers or {})
            if isinstance(body, dict):
                body = json.dumps(body)
                headers.setdefault("Content-Type", "application/json")
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            is_json = answer.headers.get("Content-Type", "").startswith("application/json")
            return answer.status, answer.headers, json.loads(text) if is_json else text
        finally:
            connection.close()

    def requests(self, **query):
        """The emulator's own books: one dict a request, oldest first. ``since=<id>``, ``method=``, ``part=ml.*``."""
        status, _, body = self.call("GET", f"/_emulator/requests?{urlencode(query)}")
        assert status == 200, body
        return body["requests"]

    def advance(self, seconds):
        """Let the emulator's clock go on (``clock="fake"``)."""
        status, _, body = self.call("POST", "/_emulator/clock", {"advance": seconds})
        assert status == 200, body
        return body["now"]

    def set_faults(self, spec, seed=None):
        """Other faults from now on."""
        status, _, body = self.call("POST", "/_emulator/faults", {"faults": spec, "seed": seed})
        assert status == 200, body

    def make_bucket(self, name="bucket", project="proj"):
        status, _, body = self.call("POST", f"/storage/v1/b?project={project}", {"name": name})
        assert status == 200, body
        return name


@pytest.fixture
def make_emulator(tmp_path):
    """Starts emulators with the options it is given; all end with the test."""
    running = []

    def make(folder=None, **options):
        running.append(Emulator(folder or tmp_path / f"emulator-{len(running)}", **options))
        return running[-1].start()

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def emulator(make_emulator):
    """A running emulator with nothing in it."""
    return make_emulator()
