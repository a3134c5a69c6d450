"""One HTTP exchange over connections that are kept, sent exactly once, with a clear word on whether it was sent.

httplib2, which google-api-python-client brings along, sends a request again by itself when a kept connection turns out
to be closed, POST included. A job that costs money must not be created by such an accident, so this stands in its
place: a kept connection is looked at before it is used, and after the first byte of a request nothing is repeated.
"""

from __future__ import annotations

import gzip
import http.client
import selectors
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TypeAlias
from urllib.parse import urlsplit

from sweeper.google.proxy import proxy_for

IDLE = 100.0
"""Seconds after which a kept connection is not trusted any more."""
Place: TypeAlias = tuple[str, str, int]
"""Scheme, host, port."""


class Why(StrEnum):
    """Why nobody could be reached."""

    NAME = "no such host"
    REFUSED = "connection refused"
    TIMEOUT = "timed out"
    TLS = "TLS failed"
    OTHER = "connection failed"


class NotSent(Exception):
    """No connection came about: the request surely did nothing."""

    def __init__(self, why: Why, detail: str = "") -> None:
        self.why = why
        super().__init__(f"{why} ({detail})" if detail else str(why))


class NoAnswer(Exception):
    """The request was sent, or a part of it, and no answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes


class Wire:
    """Connections to any number of hosts. Threads may share it: each exchange has a connection for itself."""

    def __init__(self, environ: Mapping[str, str], *, timeout: float = 60.0) -> None:
        self._environ = environ
        self._timeout = timeout
        self._kept: dict[Place, list[tuple[float, http.client.HTTPConnection]]] = {}
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | IO[bytes] | None = None) -> Answer:
        """One request, sent once. Raises NotSent or NoAnswer."""
        parts = urlsplit(url)
        place = (parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        connection = self._take(place) or self._connect(place)
        try:
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.headers.items()}
            data = _unpacked(response.read(), found)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | http.client.HTTPException | EOFError | zlib.error):
                raise NoAnswer(_in_words(error)) from None
            raise
        if response.will_close:
            connection.close()
        else:
            self._keep(place, connection)
        return Answer(response.status, found, data)

    def close(self) -> None:
        """Let go of all connections that are not in use."""
        with self._lock:
            kept = [connection for pile in self._kept.values() for _, connection in pile]
            self._kept.clear()
        for connection in kept:
            connection.close()

    def __del__(self) -> None:
        self.close()

    def _take(self, place: Place) -> http.client.HTTPConnection | None:
        while True:
            with self._lock:
                pile = self._kept.get(place)
                since, connection = pile.pop() if pile else (0.0, None)
            if connection is None:
                return None
            if time.monotonic() - since < IDLE and not _has_news(connection.sock):
                return connection
            connection.close()

    def _keep(self, place: Place, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._kept.setdefault(place, []).append((time.monotonic(), connection))

    def _connect(self, place: Place) -> http.client.HTTPConnection:
        connection = self._new(place)
        try:
            connection.connect()
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | http.client.HTTPException | UnicodeError):
                raise NotSent(_why(error), _detail(place, error)) from None
            raise
        return connection

    def _new(self, place: Place) -> http.client.HTTPConnection:
        scheme, host, port = place
        if scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=self._timeout)
        proxy = proxy_for(host, self._environ)
        to, at = (proxy.host, proxy.port) if proxy else (host, port)
        connection = http.client.HTTPSConnection(to, at, timeout=self._timeout, context=self._context())
        if proxy:
            connection.set_tunnel(host, port, dict(proxy.headers))
        return connection

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                import httplib2.certs  # only where there is TLS: it finds the client library's own certificates

                self._tls = ssl.create_default_context()
                self._tls.load_verify_locations(httplib2.certs.where())
            return self._tls


def _has_news(sock: socket.socket | None) -> bool:
    """A connection at rest has nothing to read unless the other side has closed it."""
    if sock is None:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    if headers.get("content-encoding") == "gzip" and body:
        return gzip.decompress(body)
    return body


def _why(error: BaseException) -> Why:
    match error:
        case socket.gaierror() | UnicodeError():
            return Why.NAME
        case ConnectionRefusedError():
            return Why.REFUSED
        case TimeoutError():
            return Why.TIMEOUT
        case ssl.SSLError():
            return Why.TLS
        case _:
            return Why.OTHER


def _detail(place: Place, error: BaseException) -> str:
    reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else getattr(error, "strerror", None)
    return f"{place[1]}:{place[2]}" + (f", {reason}" if reason else "")


def _in_words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ConnectionError | http.client.HTTPException):
        return "the connection broke"
    return getattr(error, "strerror", None) or type(error).__name__
