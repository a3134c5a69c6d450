"""A message with numbers for the words of its enums, for the clients that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.emulator.discovery import Api, Field


def with_numbers(api: Api, schema: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """The same message; a word without a number stays a word."""
    fields = api.messages[schema].fields
    return {name: _value(api, fields[name], value) if name in fields else value for name, value in message.items()}


def _value(api: Api, field: Field, value: Any) -> Any:
    if field.repeated:
        return [_one(api, field, item) for item in value]
    return _one(api, field, value)


def _one(api: Api, field: Field, value: Any) -> Any:
    if field.kind == "message":
        return with_numbers(api, field.message, value)
    if field.enum is not None:
        return field.enum.numbers.get(value, value)
    return value
