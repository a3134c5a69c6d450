"""The token that goes with each call: got when it is needed, renewed when it is old, shared by all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sweeper.google.credentials import Identity
from sweeper.google.tokens import denied_impersonation, no_token
from sweeper.google.wire import NoAnswer, NotSent, Wire

if TYPE_CHECKING:
    from google.auth.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Reply:
    """As google-auth reads it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def through(wire: Wire) -> Callable[..., Reply]:
    """google-auth's way out, over our own wire."""

    def request(
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Reply:
        from google.auth.exceptions import TransportError

        try:
            answer = wire.send(method, url, headers or {}, body)
        except (NotSent, NoAnswer):
            raise TransportError from None
        return Reply(answer.status, answer.headers, answer.body)

    return request


class Access(Protocol):
    """What calls ask for before they go out."""

    def headers(self) -> Mapping[str, str]:
        """What to send along. Raises CallFailed where there is nothing valid."""

    def renew(self, refused: Mapping[str, str]) -> bool:
        """After a 401 on these headers: get new ones; False where there are none to get."""

    def secrets(self) -> tuple[str, ...]:
        """What must not be in any message."""


class Anonymous:
    """No credentials: for a server of ours."""

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    def renew(self, refused: Mapping[str, str]) -> bool:
        """There is nothing to renew."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """None."""
        return ()


class Token:
    """google-auth's credentials, loaded with the first call; ``request`` is what that library calls a transport."""

    def __init__(self, load: Callable[[], Identity], request: Callable[..., Any]) -> None:
        self._load = load
        self._request = request
        self._identity: Identity | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "Token()"

    def headers(self) -> Mapping[str, str]:
        """The authorization, and the project that pays for quota where the login names one."""
        identity = self._identity
        if identity is None or not identity.used.valid:
            with self._lock:
                identity = self._identity = self._identity or self._load()
                if not identity.used.valid:
                    self._refresh(identity)
        found: dict[str, str] = {}
        identity.used.apply(found)
        return found

    def renew(self, refused: Mapping[str, str]) -> bool:
        """One thread gets the new token; the others find that it is there."""
        with self._lock:
            identity = self._identity
            if identity is None:
                return False
            now: dict[str, str] = {}
            identity.used.apply(now)
            if now.get("authorization") == refused.get("authorization"):
                self._refresh(identity)
        return True

    def secrets(self) -> tuple[str, ...]:
        """The tokens in use."""
        identity = self._identity
        if identity is None:
            return ()
        tokens = [identity.source.token, identity.target.token if identity.target else None]
        return tuple(token for token in tokens if token)

    def _refresh(self, identity: Identity) -> None:
        failure = _refreshed(identity.used, self._request)
        if failure is None:
            return
        if identity.target is not None:
            # The other account's token takes one of ours first: which of the two was refused?
            own = _refreshed(identity.source, self._request)
            raise denied_impersonation(failure, identity.principal) if own is None else no_token(own)
        raise no_token(failure)


def _refreshed(credentials: Credentials, request: Callable[..., Any]) -> Exception | None:
    """Get a token. What google-auth raises may quote keys and answers, so it is looked at and never passed on."""
    from google.auth.exceptions import GoogleAuthError

    try:
        credentials.refresh(request)
    except (GoogleAuthError, ValueError) as error:  # ValueError: a key that cannot sign
        return error
    return None
