"""Who may talk to a server that runs code: programs of this machine, but no web page, whatever name it came by."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web

from sweeper.emulator.errors import ApiError
from sweeper.emulator.parts import OVERRIDE

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
WILDCARDS = ("0.0.0.0", "::")
JSON = ("application/json",)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
"""What a page can send anywhere without asking first, besides text/plain."""
UPLOADS, BATCHES = ("/upload/", "/resumable/upload/"), "/batch"


def hosts(host: str, port: int) -> frozenset[str]:
    """The Host headers that are ours: loopback's names and the address that was asked for."""
    names = (*LOOPBACK, f"[{host}]" if ":" in host else host)
    return frozenset(f"{name}:{port}".lower() for name in names) | (frozenset(names) if port == 80 else frozenset())


def check(request: web.Request, ours: Iterable[str], *, anywhere: bool) -> None:
    """Raises for what a web page could have sent. ``anywhere`` = it listens on all of this machine's addresses."""
    headers = request.headers
    host = headers.get("Host", "").lower()
    if host not in ours and not (anywhere and _is_address(host)):
        # A page that rebinds its own name to 127.0.0.1 still sends its own name.
        raise _refused(f"Host {host!r} is not this emulator's; it answers to {', '.join(sorted(ours))}.")
    origin = headers.get("Origin")
    if origin is not None and origin.lower() not in {f"http://{one}" for one in ours}:
        raise _refused("No web page may drive this server.")
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise _refused("No web page may drive this server.")
    if request.method not in ("GET", "HEAD"):
        _check_type(request)


def _check_type(request: web.Request) -> None:
    if not request.can_read_body or request.content_length == 0:
        return
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if request.path.startswith(BATCHES):
        allowed = kind == "multipart/mixed"
    elif request.path.startswith(UPLOADS):
        # A PUT, too, is what a page has to ask for; and curl, used as Google's pages show it, calls a file a form.
        allowed = kind not in FORMS or request.method == "PUT"
    else:
        # A page cannot set this header without asking first, and is never given leave.
        allowed = kind in JSON or OVERRIDE in request.headers
    if not allowed:
        message = f"Content-Type {kind or '(none)'} is not accepted here; send application/json."
        raise ApiError(415, "INVALID_ARGUMENT", message)


def _refused(message: str) -> ApiError:
    return ApiError(403, "PERMISSION_DENIED", message)


def _is_address(host: str) -> bool:
    """A page's name can be rebound; a number cannot."""
    try:
        ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True
