"""The real server in a thread of its own, its clock standing still and its jobs simulated, and clients for it."""

import asyncio
import json
import threading
from contextlib import contextmanager

import googleapiclient.discovery
import httplib2

from sweeper.emulator.context import Options
from sweeper.emulator.server import serve

DEADLINE = 30
HOUR = 3600.0


class Server:
    """One life of an emulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httplib2.Http(timeout=DEADLINE)
        self.ml = self.api("ml").projects().jobs()
        self.custom = self.api("aiplatform").projects().locations().customJobs()

    def api(self, name: str):
        """A client that knows nothing of sweeper."""
        options = {"api_endpoint": self.url}
        return googleapiclient.discovery.build(
            name, "v1", static_discovery=True, http=self.http, client_options=options
        )

    def send(self, method, path, body=None, *, headers=()):
        """(status, JSON) of one request."""
        text = None if body is None else json.dumps(body)
        sent = {"Content-Type": "application/json", **dict(headers)}
        response, content = self.http.request(self.url + path, method, text, sent)
        return response.status, json.loads(content)

    def pass_time(self, seconds=0.0):
        """Let the standing clock go on; 0 is a turn of the loop, in which queued jobs begin."""
        assert self.send("POST", "/_emulator/clock", {"advance": seconds})[0] == 200

    def faults(self, text, *, seed=None):
        assert self.send("POST", "/_emulator/faults", {"faults": text, "seed": seed})[0] == 200

    def books(self, part):
        return self.send("GET", f"/_emulator/requests?part={part}")[1]["requests"]


@contextmanager
def job_server(folder, **options):
    """An emulator, by default one whose jobs take an hour of a clock that stands still."""
    options = {"simulate": HOUR, "clock": "fake", "slots": 4, **options}
    started, url, stops = threading.Event(), [], []

    async def live():
        stop = asyncio.Event()
        stops.append((asyncio.get_running_loop(), stop))

        def ready(address):
            url.append(address)
            started.set()

        await serve(Options(dir=folder, **options), ready=ready, stop=stop)

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    try:
        assert started.wait(DEADLINE)
        server = Server(url[0])
        yield server
        server.http.close()
    finally:
        loop, stop = stops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(DEADLINE)
        assert not thread.is_alive()
