"""What a service says about a failure: Google's error envelope, in its several forms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 600
"""Characters of a service's own words that are shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of an error answer that anything depends on."""

    message: str = ""
    status: str = ""
    """The canonical code: ``ALREADY_EXISTS``. Cloud Storage sends none."""
    reasons: frozenset[str] = frozenset()
    """From ``ErrorInfo`` details and from the older ``errors[]``."""
    types: frozenset[str] = frozenset()
    """The messages that the details are, without their package: ``QuotaFailure``."""
    metadata: Mapping[str, str] = ()  # type: ignore[assignment]
    """Of ``ErrorInfo``."""
    violations: tuple[str, ...] = ()
    """``field: description`` of each field that was refused."""
    enveloped: bool = False
    """It is Google's form, so that the service itself said it and no proxy on the way."""


def read(body: bytes) -> Said:
    """Whatever can be read from the body of an answer that is no success."""
    try:
        data = json.loads(body)
    except ValueError:
        return Said()
    if isinstance(data, list) and data:
        data = data[0]
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(error, dict):
        return Said()
    details = _dicts(error.get("details"))
    older = _dicts(error.get("errors"))
    info = [one for one in details if _type(one) == "ErrorInfo"]
    reasons = {str(one["reason"]) for one in [*info, *older] if one.get("reason")}
    return Said(
        message=_short(error.get("message")),
        status=str(error.get("status") or ""),
        reasons=frozenset(reasons),
        types=frozenset(_type(one) for one in details),
        metadata={str(k): str(v) for one in info for k, v in _dict(one.get("metadata")).items()},
        violations=tuple(_violations(details)),
        enveloped=True,
    )


def _violations(details: Sequence[Mapping[str, Any]]) -> list[str]:
    found = [one for part in details if _type(part) == "BadRequest" for one in _dicts(part.get("fieldViolations"))]
    return [": ".join(str(one[key]) for key in ("field", "description") if one.get(key)) for one in found]


def _type(detail: Mapping[str, Any]) -> str:
    return str(detail.get("@type", "")).rpartition(".")[2]


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _short(value: object) -> str:
    text = " ".join(str(value or "").split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
