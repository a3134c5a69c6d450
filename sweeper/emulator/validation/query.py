"""The query of a request: one that a method does not know is an error, as it is in a body."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sweeper.emulator import errors
from sweeper.emulator.discovery import snake_of

COMMON = frozenset(
    {"$.xgafv", "$alt", "$prettyPrint", "access_token", "alt", "bearer_token", "callback", "fields", "key"}
    | {"oauth_token", "prettyPrint", "quotaUser", "uploadType", "upload_protocol", "userIp"}
)


def read_query(query: Mapping[str, str], *known: str) -> dict[str, str]:
    """The method's own parameters, each in either spelling, by their camelCase names. Raises ApiError."""
    names = {spelling: name for name in known for spelling in (name, snake_of(name))}
    found: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    for name, value in query.items():
        if name in names:
            found[names[name]] = value
        elif name not in COMMON:
            text = "Cannot bind query parameter. Field"
            shown = f"Invalid JSON payload received. Unknown name \"{name}\": {text} '{name}' could not be found "
            faults.append(("", f"{shown}in request message."))
    if faults:
        raise errors.invalid("\n".join(text for _, text in faults), faults)
    return found


def mask_of(text: str) -> str:
    """A field mask, ``name,job_spec.scheduling``, as the ``fields`` of an answer; ``*`` is all of it."""
    camel = re.sub(r"_([a-z])", lambda match: match.group(1).upper(), text)
    return camel.replace(".", "/")


def wants_numbers(query: Mapping[str, str]) -> bool:
    """Whether enums are to be answered by number, as Google's own SDKs ask."""
    return "enum-encoding=int" in (query.get("$alt") or query.get("alt") or "")
