"""One scalar of proto3 JSON: what is accepted for it, and the one form that answers have."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import datetime
from typing import Any

from sweeper.emulator.discovery import Field

WHOLE = re.compile(r"-?\d+(\.0+)?([eE][+]?\d+)?")
DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")
RANGES = {"int32": 2**31, "int64": 2**63}
TYPES = {
    "string": "TYPE_STRING",
    "int32": "TYPE_INT32",
    "int64": "TYPE_INT64",
    "bool": "TYPE_BOOL",
    "double": "TYPE_DOUBLE",
    "bytes": "TYPE_BYTES",
    "duration": "type.googleapis.com/google.protobuf.Duration",
    "timestamp": "type.googleapis.com/google.protobuf.Timestamp",
}


class Wrong(ValueError):
    """Not a value of that kind; its text, if any, stands in the message instead of the value."""


def label(field: Field) -> str:
    """What messages call the kind of a field."""
    if field.enum:
        return f"type.googleapis.com/{field.enum.name}"
    return TYPES.get(field.kind, "TYPE_MESSAGE")


def read_scalar(field: Field, value: Any) -> Any:
    """The value in its one form. Raises Wrong."""
    match field.kind:
        case "string":
            return _text(value)
        case "int32" | "int64":
            number = _whole(value, RANGES[field.kind])
            return str(number) if field.kind == "int64" else number
        case "bool":
            return _truth(value)
        case "double":
            return _double(value)
        case "bytes":
            return _bytes(value)
        case "duration":
            return _duration(value, field.snake)
        case "timestamp":
            return _timestamp(value, field.snake)
        case "enum":
            return _enum(field, value)
        case _:
            return value


def double(value: float) -> float | str:
    """A number as answers have it: JSON has no words for those that are not finite, so they are text."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def is_text(value: Any) -> bool:
    """Whether it is a string that has a UTF-8 form; half of a surrogate pair has none."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _text(value: Any) -> str:
    if not is_text(value):
        raise Wrong
    return str(value)


def _whole(value: Any, limit: int) -> int:
    if isinstance(value, bool):
        raise Wrong
    if isinstance(value, str):
        if not WHOLE.fullmatch(value) or len(value) > 40:
            raise Wrong
        value = int(value) if value.lstrip("-").isdigit() else float(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or not -limit <= value < limit:
        raise Wrong
    return value


def _truth(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    if not isinstance(value, bool):
        raise Wrong
    return value


def _double(value: Any) -> float | int | str:
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            raise Wrong from None
        if value.strip() != value or "_" in value:
            raise Wrong
        return number if math.isfinite(number) else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong
    return value


def _bytes(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong
    plain = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f'Base64 decoding failed for "{value}"') from None
    return base64.b64encode(raw).decode()


def _duration(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Wrong
    if not value.endswith("s"):
        raise Wrong(f"Field '{name}', Illegal duration format; duration must end with 's'")
    if not DURATION.fullmatch(value):
        raise Wrong(f"Field '{name}', Invalid duration format, failed to parse seconds")
    return value


def _timestamp(value: Any, name: str) -> str:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        raise Wrong(f"Field '{name}', Invalid time format: Failed to parse input") from None
    if moment.tzinfo is None:
        raise Wrong(f"Field '{name}', Invalid time format: Failed to parse input")
    return str(value)


def _enum(field: Field, value: Any) -> str:
    assert field.enum is not None
    if isinstance(value, str) and value in field.enum.numbers:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and (word := field.enum.word(value)):
        return word
    raise Wrong
