"""From an HTTP answer that is no success to the kind of failure it is; by its codes, and once by its text."""

from __future__ import annotations

from sweeper.google.envelope import Said
from sweeper.google.failures import Kind

DISABLED = {"SERVICE_DISABLED", "accessNotConfigured"}
TOO_FAST = {"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"}
QUOTA_MESSAGES = ("Quota failure for project", "The following quota metrics exceed quota limits")
"""Vertex AI sends its resource-quota 429 without details, so that nothing but these words tells it from the other."""

BY_STATUS = {
    400: Kind.INVALID,
    401: Kind.UNAUTHENTICATED,
    404: Kind.NOT_FOUND,
    405: Kind.INVALID,
    409: Kind.EXISTS,
    410: Kind.NOT_FOUND,
    411: Kind.INVALID,
    412: Kind.PRECONDITION,
    413: Kind.INVALID,
    416: Kind.PRECONDITION,
    501: Kind.INVALID,
}


def kind_of(status: int, said: Said, *, acts: bool, answers_404: bool = True) -> Kind:
    """What the answer means. ``acts``: the call would have changed something."""
    if status == 429:
        return _kind_of_429(said)
    if status == 403:
        return _kind_of_403(said)
    if status == 400 and said.status == "FAILED_PRECONDITION":
        return Kind.PRECONDITION
    if status == 409 and said.status == "ABORTED":
        return Kind.UNCERTAIN if acts else Kind.BUSY  # two at once: neither a yes nor a no
    if status == 404 and not (answers_404 or said.enveloped):
        return Kind.INVALID  # nobody there knows the address; that is no word about the thing
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500 or status == 408:
        return Kind.UNCERTAIN if acts else Kind.BUSY
    return Kind.INVALID


def _kind_of_429(said: Said) -> Kind:
    # The rate's own 429 may have a QuotaFailure beside its reason.
    if said.reasons & TOO_FAST:
        return Kind.RATE
    quota = "QuotaFailure" in said.types or said.message.startswith(QUOTA_MESSAGES)
    return Kind.QUOTA if quota else Kind.RATE


def _kind_of_403(said: Said) -> Kind:
    if said.reasons & DISABLED:
        return Kind.API_DISABLED
    return Kind.RATE if said.reasons & TOO_FAST else Kind.DENIED
