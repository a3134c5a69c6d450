"""Where each of Google's services is: its own hosts, or one server that stands in for all of them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from sweeper.errors import UserError
from sweeper.google.failures import CallFailed, Kind

VARIABLE = "SWEEPER_ENDPOINT"
REGION = re.compile(r"[a-z][a-z0-9-]*")


class Service(StrEnum):
    """The services that sweeper talks to, by their names in addresses."""

    ML = "ml"
    AIPLATFORM = "aiplatform"
    STORAGE = "storage"
    LOGGING = "logging"
    PROJECTS = "cloudresourcemanager"

    @property
    def spoken(self) -> str:
        """What people call it."""
        return TITLES[self]


TITLES = {
    Service.ML: "ML Engine",
    Service.AIPLATFORM: "Vertex AI",
    Service.STORAGE: "Cloud Storage",
    Service.LOGGING: "Cloud Logging",
    Service.PROJECTS: "Resource Manager",
}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The base address of every service."""

    override: str | None = None
    """Stands in for all of Google's hosts; scheme, host and port, no slash at the end."""

    def base(self, service: Service, region: str = "") -> str:
        """The root address of a service, with a slash at the end. Vertex AI has one for each region."""
        if not REGION.fullmatch(region or "none"):
            # It becomes part of the host's name: anything else could lead a token elsewhere.
            raise CallFailed(Kind.INVALID, f"'{region}' is no region's name", hint="regions look like us-central1")
        if self.override:
            return f"{self.override}/"
        prefix = f"{region}-" if service is Service.AIPLATFORM and region else ""
        return f"https://{prefix}{service}.googleapis.com/"

    @property
    def anonymous(self) -> bool:
        """Nobody there may see our credentials: this machine itself, or a road that everyone can read."""
        if not self.override:
            return False
        parts = urlsplit(self.override)
        return parts.scheme == "http" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """The name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def endpoints(environ: Mapping[str, str]) -> Endpoints:
    """What ``SWEEPER_ENDPOINT`` says. Raises UserError where that is not an address."""
    text = environ.get(VARIABLE, "").strip()
    return Endpoints(_checked(text)) if text else Endpoints()


def _checked(text: str) -> str:
    hint = "for example SWEEPER_ENDPOINT=http://127.0.0.1:8080, as `sweeper emulator start` prints it"
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname  # raises where the port is no number
    except ValueError:
        parts, port, host = urlsplit(""), None, None
    if "@" in text:
        raise UserError("expected an address without a user's name or password", where=VARIABLE, hint=hint)
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", text):
        raise UserError(f"expected http(s)://host:port, got '{text}'", where=VARIABLE, hint=hint)
    if parts.path.strip("/") or parts.query or parts.fragment:
        where = f"{parts.scheme}://{parts.netloc}"
        raise UserError(f"expected an address without a path, got '{text}'", where=VARIABLE, hint=f"try {where}")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")
