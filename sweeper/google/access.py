"""The token that goes with each call: got when it is needed, renewed when it is old, shared by all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from sweeper.google.advice import LOGIN
from sweeper.google.credentials import Identity
from sweeper.google.failures import CallFailed, Kind

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

TIMEOUT = 60.0


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
    """google-auth's credentials, loaded with the first call."""

    def __init__(self, load: Callable[[], Identity], *, request: Any = None) -> None:
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
        if identity.target is None or not identity.source.valid:
            _refreshed(identity.source, self._transport(), "")
        if identity.target is not None:
            _refreshed(identity.target, self._transport(), identity.principal)

    def _transport(self) -> Any:
        if self._request is None:
            import google_auth_httplib2
            import httplib2

            self._request = google_auth_httplib2.Request(httplib2.Http(timeout=TIMEOUT))
        return self._request


def _refreshed(credentials: Credentials, request: Any, principal: str) -> None:
    """Get a token. What google-auth says may quote keys and answers, so none of it is passed on."""
    from google.auth.exceptions import GoogleAuthError

    failure: GoogleAuthError | None = None
    try:
        credentials.refresh(request)
    except GoogleAuthError as error:
        failure = error
    except ValueError:  # a key that cannot sign
        failure = GoogleAuthError()
    if failure is not None:
        raise _in_words(failure, principal)


def _in_words(error: Any, principal: str) -> CallFailed:
    from google.auth.exceptions import TransportError

    if isinstance(error, TransportError) or getattr(error, "retryable", False):
        hint = "is this machine online? a proxy must let oauth2.googleapis.com through"
        return CallFailed(Kind.UNREACHABLE, "Google's token service could not be reached", hint=hint)
    if principal:
        hint = (
            f"let an owner type: gcloud iam service-accounts add-iam-policy-binding {principal} "
            "--member=user:YOU --role=roles/iam.serviceAccountTokenCreator"
        )
        return CallFailed(Kind.DENIED, f"these credentials may not impersonate {principal}", hint=hint)
    why = _code(error)
    message = "the Google credentials of this machine are expired or revoked" + (f" ({why})" if why else "")
    return CallFailed(Kind.UNAUTHENTICATED, message, hint=f"log in again: {LOGIN}; or use another key file")


def _code(error: Any) -> str:
    """OAuth's own short word for it: ``invalid_grant``."""
    answer = next((one for one in error.args if isinstance(one, dict)), {})
    found = str(answer.get("error_subtype") or answer.get("error") or "")
    return found if found.replace("_", "").isalpha() and len(found) < 40 else ""
