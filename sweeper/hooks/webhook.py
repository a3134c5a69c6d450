"""Posts what stands on the standard input to an address: the whole program of a hook that is one.

A process of its own, so that a server that never answers can be ended. Addresses and headers that are secrets come
from variables, and are printed nowhere.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from sweeper.hooks.words import host_of


def main(argv: Sequence[str]) -> int:
    """``argv`` is one JSON object: url, url_from, headers, timeout. Returns the exit code; says why it is not 0."""
    asked = json.loads(argv[0])
    said = post(asked, sys.stdin.buffer.read(), os.environ)
    if said:
        print(said)
    return 1 if said else 0


def post(asked: Mapping[str, object], body: bytes, environ: Mapping[str, str]) -> str:
    """What went wrong; empty where the server has taken it. An answer that leads elsewhere is not followed."""
    import http.client
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """A POST that is sent elsewhere becomes a GET there: whoever moved has to be named anew."""

        def redirect_request(self, *_: object) -> None:
            return None

    url = str(asked["url"]) or environ.get(str(asked["url_from"]), "")
    headers = asked["headers"]
    assert isinstance(headers, Mapping)
    if missing := [
        name for name in (*([] if asked["url"] else [asked["url_from"]]), *headers.values()) if not environ.get(name)
    ]:
        return f"the variable {missing[0]} is not set"
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        return f"the variable {asked['url_from']} holds no http:// or https:// address"
    if "@" in parts.netloc:
        return f"the variable {asked['url_from']} holds a user or password: they belong into headers: Authorization"
    given = {name: environ[variable].strip() for name, variable in headers.items()}
    own = {"Content-Type": "application/json", "User-Agent": "sweeper", **given}
    direct = parts.hostname in ("localhost", "127.0.0.1", "::1")
    opener = urllib.request.build_opener(Stay, *([urllib.request.ProxyHandler({})] if direct else []))
    try:
        request = urllib.request.Request(url, data=body, headers=own, method="POST")
        with opener.open(request, timeout=float(str(asked["timeout"]))):
            return ""
    except urllib.error.HTTPError as error:
        return f"{host_of(url)} answered {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None)
        return f"{host_of(url)}: {_in_words(reason if isinstance(reason, BaseException) else error)}"


def _in_words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if text := getattr(error, "strerror", None):
        return f"{text[0].lower()}{text[1:]}" if text[1:2].islower() else str(text)
    return type(error).__name__
