"""Puts a failure into words: from an answer, or from the lack of one, to ``CallFailed``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sweeper.google import envelope
from sweeper.google.advice import INSTEAD, SHUT_DOWN, advice
from sweeper.google.call import Call
from sweeper.google.classify import kind_of
from sweeper.google.envelope import Said
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.redact import redact
from sweeper.google.wire import NoAnswer, NotSent, Why

IN_OUR_WORDS = {
    Kind.NOT_FOUND: "there is no such thing",
    Kind.EXISTS: "that name is taken",
    Kind.PRECONDITION: "it is not in the state that this asks for",
    Kind.INVALID: "the request was refused",
    Kind.UNAUTHENTICATED: "the credentials are missing, expired or not valid",
    Kind.DENIED: "no permission",
    Kind.API_DISABLED: "this API is not enabled in the project",
    Kind.RATE: "too many requests in a short time",
    Kind.QUOTA: "the project's quota does not allow so many machines",
    Kind.UNCERTAIN: "it answered neither yes nor no",
    Kind.UNREACHABLE: "it could not be reached",
    Kind.BUSY: "it is in trouble",
    Kind.GONE: SHUT_DOWN,
}


def of_answer(
    call: Call, status: int, headers: Mapping[str, str], body: bytes, secrets: Sequence[str] = ()
) -> CallFailed:
    """What an HTTP answer other than success means."""
    said = envelope.read(body)
    kind = kind_of(status, said, acts=call.acts, answers_404=call.answers_404)
    retry_after = _seconds(headers.get("retry-after"))
    told = said.message or f"HTTP {status}"
    extra = [said.metadata["permission"]] if "permission" in dict(said.metadata) else []
    extra += said.violations
    told += "".join(f"; {one}" for one in extra if one.split(": ")[-1] not in told)
    message = f"{call.there} could not {call.what}: {IN_OUR_WORDS[kind]}: {told}"
    hint = advice(kind, call, said, retry_after)
    return CallFailed(kind, redact(message, *secrets), hint=hint, status=status, retry_after=retry_after)


def of_not_sent(call: Call, error: NotSent) -> CallFailed:
    """Nobody was there: nothing was done."""
    message = f"could not {call.what}: {call.there} could not be reached: {redact(str(error))}"
    return CallFailed(Kind.UNREACHABLE, message, hint=_way_there(call, error.why))


def of_no_answer(call: Call, error: NoAnswer) -> CallFailed:
    """The request left, and no reply came."""
    kind = Kind.UNCERTAIN if call.acts else Kind.BUSY
    message = f"could not {call.what}: no reply from {call.there}: {redact(str(error))}"
    return CallFailed(kind, message, hint=advice(kind, call, Said(), None))


def of_nonsense(call: Call) -> CallFailed:
    """A success whose body is not what the service would send."""
    kind = Kind.UNCERTAIN if call.acts else Kind.BUSY
    message = f"could not {call.what}: {call.there} answered with something that is not JSON"
    return CallFailed(kind, message, hint="is a proxy or a login page in between?")


def shut_down(what: str) -> CallFailed:
    """ML Engine at Google's own host."""
    return CallFailed(Kind.GONE, f"could not {what}: {SHUT_DOWN}", hint=INSTEAD)


def _way_there(call: Call, why: Why) -> str:
    if call.override:
        return f"is it running? sweeper emulator start prints the address for SWEEPER_ENDPOINT ({call.override} is set)"
    if why is Why.NAME and call.region:
        return f"is {call.region} a region of {call.service.spoken}, and is this machine online?"
    if why is Why.TLS:
        return "is a proxy in between? SSL_CERT_FILE can name its certificate"
    return "is this machine online?"


def _seconds(text: str | None) -> float | None:
    """``Retry-After`` as a number; its other form, a date, is not used by these services."""
    return float(text) if text and re.fullmatch(r"\d+(\.\d+)?", text.strip()) else None
