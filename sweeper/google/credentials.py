"""Whose name calls are made in: application default credentials, a key file, or another account by impersonation."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.google.advice import LOGIN
from sweeper.google.failures import CallFailed, Kind

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"


@dataclass(frozen=True, slots=True)
class Identity:
    """What to present, and on whose behalf."""

    source: Credentials
    target: Credentials | None = None
    """Another account's, got with the source's."""
    principal: str = ""
    """That other account."""

    @property
    def used(self) -> Credentials:
        """Those that calls are made with."""
        return self.target or self.source


def load(environ: Mapping[str, str], *, key_file: str | None = None, impersonate: str | None = None) -> Identity:
    """The credentials that are there. Raises CallFailed that says what to type where there are none."""
    named = key_file or environ.get(VARIABLE)
    where = f"{named}" if key_file else f"{VARIABLE} names {named}"
    source = _from_file(Path(named), where) if named else _found()
    if impersonate is None:
        return Identity(source)
    from google.auth import impersonated_credentials

    target = impersonated_credentials.Credentials(source, target_principal=impersonate, target_scopes=list(SCOPES))
    return Identity(source, target, impersonate)


def _found() -> Credentials:
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    found: Credentials | None = None
    # The exception's own words stay out of reach of what is raised below.
    with warnings.catch_warnings(), suppress(GoogleAuthError):
        # That a user's own login has no project for quota is said again by the service where it matters.
        warnings.simplefilter("ignore")
        found = google.auth.default(scopes=SCOPES)[0]
    if found is None:
        hint = f"type: {LOGIN}; or set {VARIABLE} to a service account's key file"
        raise CallFailed(Kind.UNAUTHENTICATED, "there are no Google credentials on this machine", hint=hint)
    return found


def _from_file(path: Path, where: str) -> Credentials:
    found: Credentials | None = None
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
        problem = "" if isinstance(info, dict) else "it is not a credentials file"
    except OSError as error:
        info, problem = None, f"it cannot be read: {error.strerror}"
    except ValueError:
        info, problem = None, "it is not JSON"
    if not problem:
        try:
            found = _from_info(info)
        except Exception as error:  # whatever a library says about a key may quote it
            problem = f"it is not a usable credentials file ({type(error).__name__})"
    if found is None:
        hint = f"a service account's key file, or what `{LOGIN}` writes, would do"
        raise CallFailed(Kind.UNAUTHENTICATED, f"{where}: {problem}", hint=hint)
    return found


def _from_info(info: Mapping[str, object]) -> Credentials:
    match info.get("type"):
        case "service_account":
            from google.oauth2 import service_account

            made: Credentials = service_account.Credentials.from_service_account_info(info, scopes=SCOPES)
        case "authorized_user":
            from google.oauth2 import credentials

            made = credentials.Credentials.from_authorized_user_info(info, scopes=SCOPES)
        case _:
            import google.auth

            with warnings.catch_warnings():
                # The warning is about files that come from strangers.
                warnings.simplefilter("ignore")
                made = google.auth.load_credentials_from_dict(info, scopes=SCOPES)[0]
    return made
