"""Required fields: the discovery documents say so in the first word of a field's description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.emulator.discovery import Api


def missing_fields(api: Api, schema: str, message: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The snake_case paths of required fields that a message, or one inside it, does not set."""
    for name, field in api.messages[schema].fields.items():
        if name != field.name or field.output:
            continue
        where = f"{path}.{field.snake}".lstrip(".")
        value = message.get(name)
        if value is None:
            if field.required:
                yield where
        elif field.kind == "message" and field.repeated:
            for place, item in enumerate(value):
                yield from missing_fields(api, field.message, item, f"{where}[{place}]")
        elif field.kind == "message":
            yield from missing_fields(api, field.message, value, where)
