"""A read-only server for the browsers of this machine: on loopback alone, and for no page but its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, ClassVar, NoReturn

from sweeper.commands.shared import whole
from sweeper.errors import SweeperError, UserError
from sweeper.lean import dataclass, field

HOST = "127.0.0.1"
NAMES = (HOST, "localhost", "[::1]")
"""What a browser may call us. A page that rebinds its own name to 127.0.0.1 still sends that name."""
PATIENCE = 60.0
"""Seconds that a request waits for its answer."""
HEARS = 0.5
"""Seconds until ^C is heard at the latest: the system may give the signal to another thread than the one that waits."""
ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True)
class Answer:
    """What is at a path."""

    body: bytes
    kind: str = "text/plain; charset=utf-8"
    tag: str = ""
    """Names this state of it, quoted as an ETag; who has it already is told so."""
    headers: Mapping[str, str] = field(default_factory=dict)


def port_of(parsed: Mapping[str, Any], default: int) -> int:
    """``--port``. Raises UserError for what is none."""
    port = whole(parsed, "--port", least=0)
    if port is not None and port > 65535:
        raise UserError(f"--port: expected a port, got {port}", hint="at most 65535; 0 is any that is free")
    return default if port is None else port


class Server:
    """Listens in threads of its own, and answers in the thread that asks it to: the ledger's is one."""

    def __init__(self, port: int) -> None:
        self._asked: SimpleQueue[tuple[str, Future[Answer | None]]] = SimpleQueue()
        try:
            self._listener = _Listener((HOST, port), _Handler)
        except OSError as error:
            message = f"cannot listen on {HOST}:{port}: {os.strerror(error.errno or 0)}"
            raise UserError(message, where="--port", hint="choose another; --port=0 takes any that is free") from None
        port = self._listener.server_address[1]
        self._listener.hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
        self._listener.ask = self._ask
        self.url = f"http://{HOST}:{port}/"
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)
        self._thread.start()

    def _ask(self, path: str) -> Answer | None:
        future: Future[Answer | None] = Future()
        self._asked.put((path, future))
        return future.result(timeout=PATIENCE)

    def answer(self, find: Callable[[str], Answer | None]) -> NoReturn:
        """Go on for ever; one request after the other. What ``find`` expects to go wrong is told to who asked."""
        while True:
            try:
                path, future = self._asked.get(timeout=HEARS)
            except Empty:
                continue
            try:
                future.set_result(find(path))
            except SweeperError as error:
                future.set_exception(error)

    def close(self) -> None:
        """Let go of the port."""
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()


@contextmanager
def serving(port: int) -> Iterator[Server]:
    """A server on that port of loopback; 0 = any that is free. Raises UserError where it is in use."""
    server = Server(port)
    try:
        yield server
    finally:
        server.close()


class _Listener(ThreadingMixIn, TCPServer):
    allow_reuse_address = True  # of connections that are being closed; a port that is listened on is refused
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    hosts: set[str]
    ask: Callable[[str], Answer | None]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone is nobody's error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sweeper", ""
    timeout: ClassVar[float] = 30.0
    server: _Listener

    def do_GET(self) -> None:
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            return self._refuse(403, "This server answers to its own address alone.")
        try:
            found = self.server.ask(self.path.partition("?")[0])
        except (SweeperError, TimeoutError) as error:
            return self._refuse(503, str(error) or "It takes too long.")
        if found is None:
            return self._refuse(404, "There is nothing here.")
        if found.tag and found.tag in self.headers.get("If-None-Match", ""):
            return self._send(304, Answer(b"", found.kind, found.tag))
        return self._send(200, found)

    do_HEAD = do_GET

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # every other method, whatever it is called
            return lambda: self._refuse(405, "This server only shows.", {"Allow": "GET, HEAD"})
        raise AttributeError(name)

    def _refuse(self, code: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.close_connection = True  # a body that is not read would be taken for the next request
        self._send(code, Answer(f"{message}\n".encode(), headers={"Connection": "close", **(headers or {})}))

    def _send(self, code: int, answer: Answer) -> None:
        self.send_response(code)
        if code != 304:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
        if answer.tag:
            self.send_header("ETag", answer.tag)
        for name, value in {"Content-Security-Policy": "default-src 'none'", **ALWAYS, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said of requests."""
