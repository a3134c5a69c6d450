"""The proxy of the environment, for machines that reach the outside only through one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from sweeper.google.endpoints import is_loopback


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where to connect instead, and how to introduce oneself."""

    host: str
    port: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def proxy_for(host: str, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy on the way to a host's port for TLS; None where it is reached directly."""
    names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    text = next((environ[name] for name in names if environ.get(name)), "")
    if not text or is_loopback(host) or _bypassed(host, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if not parts.hostname:
        return None
    headers = {}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(parts.hostname, parts.port or 8080, headers)


def _bypassed(host: str, no_proxy: str) -> bool:
    names = [name.strip().lstrip(".").lower() for name in no_proxy.split(",") if name.strip()]
    return any(name == "*" or host == name or host.endswith(f".{name}") for name in names)
