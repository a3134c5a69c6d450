"""A server that answers by a script over real sockets and counts, and Google as it is seen from there."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sweeper.google.access import Access, Anonymous, Token, through
from sweeper.google.caller import Caller
from sweeper.google.client import Google
from sweeper.google.endpoints import Endpoints
from sweeper.google.patience import Patience
from sweeper.google.wire import Wire
from sweeper.surroundings import Surroundings

CUT = "cut the connection, without a word"


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False
    """Close the kept connection afterwards, without announcing it."""

    def __or__(self, headers: dict[str, str]) -> Reply:
        return replace(self, headers={**self.headers, **headers})

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # 5 otherwise: of 32 that connect at once, the kernel would turn some away


class Scripted:
    """Answers come from ``script`` in order; when it is used up, from ``always``."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.script: list[object] = []
        self.always: Callable[[Request], object] = lambda request: Reply()
        self.closed = threading.Semaphore(0)
        """Released each time the server has closed a connection."""
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def then(self, *answers: object) -> None:
        self.script.extend(answers)

    def count(self, method: str) -> int:
        return sum(request.method == method for request in self.requests)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, request: Request) -> object:
        with self._lock:
            self.requests.append(request)
            answer = self.script.pop(0) if self.script else self.always
        return answer(request) if callable(answer) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                found = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, found, self.rfile.read(length))
                reply = server._next(request)
                if not isinstance(reply, Reply):
                    self.close_connection = True
                    return
                head = {"Content-Type": "application/json", "Content-Length": str(len(reply.data)), **reply.headers}
                lines = [f"HTTP/1.1 {reply.status} Said", *(f"{name}: {value}" for name, value in head.items())]
                self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + reply.data)
                self.close_connection = reply.close

            def finish(self) -> None:
                super().finish()
                self.connection.close()
                server.closed.release()

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

            def log_message(self, *args) -> None:
                pass

        return Handler


@contextmanager
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    try:
        yield server
    finally:
        server.close()


class Waits(list[float]):
    """Stands in for sleeping: says how long it would have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def google_at(
    url: str | None, *, access: Access | None = None, load=None, waits: Waits | None = None, **patience
) -> Google:
    patience = Patience(wait=Waits() if waits is None else waits, chance=lambda: 1.0, **patience)
    wire = Wire({}, timeout=patience.timeout)
    if load is not None:
        access = Token(load, through(wire))
    return Google(Caller(Endpoints(url), access or Anonymous(), patience, wire))


def around(cwd: Path, environ: dict[str, str] | None = None) -> Surroundings:
    return Surroundings(cwd, environ or {}, cwd / ".sweeper", "python", lambda text: None, lambda text: None)


def error(code: int, message: str, status: str = "", *, details: list | None = None, reason: str = "") -> Reply:
    """Google's envelope; with ``reason`` as Cloud Storage writes it."""
    found: dict = {"code": code, "message": message}
    if status:
        found["status"] = status
    if details:
        found["details"] = details
    if reason:
        found["errors"] = [{"domain": "global", "reason": reason, "message": message}]
    return Reply(code, {"error": found})
