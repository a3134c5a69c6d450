"""What gives a private key away, whatever its file is called."""

from __future__ import annotations

import re

# The header of a key ends its line, in a text or in a JSON string; a program that looks for one goes on after it.
_PEM = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[ \t]*(?:[\r\n]|\\+[rn]|\Z)")
_PUTTY = re.compile(rb"\APuTTY-User-Key-File-\d")
_JSON = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*[{\[]")
_IN_JSON = {
    "a service account's key": (re.compile(rb'"private_key"\s*:\s*"[^"]'),),
    "a user's Google credentials": (re.compile(rb'"refresh_token"\s*:\s*"[^"]'), re.compile(rb'"client_secret"\s*:')),
}


def looks_like(data: bytes) -> str:
    """What private thing the content looks like; empty = none."""
    if _JSON.match(data):
        for what, signs in _IN_JSON.items():
            if all(sign.search(data) for sign in signs):
                return what
    if _PUTTY.match(data) or (b"PRIVATE KEY" in data and _PEM.search(data)):
        return "a private key"
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return looks_like(data.decode("utf-16", "replace").encode()) if utf16 else ""
