"""Why there is no token, in our own words: what google-auth says may quote keys and answers."""

from __future__ import annotations

from sweeper.google import envelope
from sweeper.google.advice import LOGIN
from sweeper.google.classify import DISABLED
from sweeper.google.failures import CallFailed, Kind


def no_token(error: Exception) -> CallFailed:
    """The login or key file on this machine gave none."""
    if _is_away(error):
        hint = "is this machine online? a proxy must let oauth2.googleapis.com through"
        return CallFailed(Kind.UNREACHABLE, "Google's token service could not be reached", hint=hint)
    why = _code(error)
    message = "the Google credentials of this machine are expired or revoked" + (f" ({why})" if why else "")
    return CallFailed(Kind.UNAUTHENTICATED, message, hint=f"log in again: {LOGIN}; or use another key file")


def denied_impersonation(error: Exception, principal: str) -> CallFailed:
    """Our own token is good, and the other account's was not to be had with it."""
    if _is_away(error):
        hint = "is this machine online? a proxy must let iamcredentials.googleapis.com through"
        return CallFailed(Kind.UNREACHABLE, f"{principal} could not be impersonated: no answer", hint=hint)
    answer = next((one for one in error.args[1:] if isinstance(one, str)), "")
    if envelope.read(answer.encode()).reasons & DISABLED:
        hint = "switch it on: gcloud services enable iamcredentials.googleapis.com"
        return CallFailed(Kind.API_DISABLED, f"{principal} cannot be impersonated: that API is not enabled", hint=hint)
    hint = (
        f"let an owner type: gcloud iam service-accounts add-iam-policy-binding {principal} "
        "--member=user:YOU --role=roles/iam.serviceAccountTokenCreator"
    )
    return CallFailed(Kind.DENIED, f"these credentials may not impersonate {principal}", hint=hint)


def _is_away(error: Exception) -> bool:
    from google.auth.exceptions import TransportError

    return isinstance(error, TransportError) or bool(getattr(error, "retryable", False))


def _code(error: Exception) -> str:
    """OAuth's own short word for it: ``invalid_grant``."""
    answer = next((one for one in error.args if isinstance(one, dict)), {})
    found = str(answer.get("error_subtype") or answer.get("error") or "")
    return found if found.replace("_", "").isalpha() and len(found) < 40 else ""
