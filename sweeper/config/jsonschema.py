"""The JSON Schema that editors complete and check configs with, made from the same keys as the checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sweeper.config.kinds import (
    Duration,
    Fields,
    Forms,
    Key,
    Kind,
    ListOf,
    MapOf,
    Money,
    Number,
    Plain,
    Text,
    Truth,
    Whole,
    Word,
)
from sweeper.config.leaf import Leaf
from sweeper.config.schema import BACKENDS, sweep

_SCALAR = ["string", "number", "boolean", "null"]


def json_schema(backends: Sequence[str] = BACKENDS) -> dict[str, Any]:
    """The schema as a dict, draft 7: the newest that the common YAML plugins of editors know."""
    plain = {"anyOf": [{"type": _SCALAR}, {"type": "array", "items": {"$ref": "#/definitions/value"}}]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "sweeper sweep config",
        **_schema(sweep(tuple(backends))),
        "definitions": {"value": plain},
    }


def _schema(kind: Kind) -> dict[str, Any]:
    match kind:
        case Plain():
            return {"$ref": "#/definitions/value"}
        case ListOf(item, least):
            return {"type": "array", "items": _schema(item), **({"minItems": least} if least else {})}
        case MapOf(item, names, _, least):
            limits = {"minProperties": least} if least else {}
            return {"type": "object", "propertyNames": {"pattern": f"^(?:{names})$"}, **limits} | {
                "additionalProperties": _schema(item)
            }
        case Forms(scalar, sequence, mapping):
            return {"anyOf": [_schema(each) for each in (scalar, sequence, mapping) if each is not None]}
        case Fields(keys):
            return _object(keys)
        case _:
            return _leaf(kind)


def _leaf(kind: Leaf) -> dict[str, Any]:
    match kind:
        case Text(pattern, _, numbers):
            limits: dict[str, Any] = {"pattern": f"^(?:{pattern})$"} if pattern else {}
            return {"type": ["string", "number"] if numbers else "string", **limits}
        case Word(allowed):
            return {"enum": list(allowed)}
        case Whole(least, most):
            return {"type": "integer", "minimum": least, **({} if most is None else {"maximum": most})}
        case Number(above):
            return {"type": "number", **({} if above is None else {"exclusiveMinimum": above})}
        case Duration():
            return _number_or("^[0-9.dhms ]+$")
        case Money():
            return _number_or(r"^([Uu][Ss][Dd]|\$)? *[0-9.]+ *([Uu][Ss][Dd]|\$)?$")
        case Truth():
            return {"type": "boolean"}


def _number_or(pattern: str) -> dict[str, Any]:
    return {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": pattern}]}


def _object(keys: tuple[Key, ...]) -> dict[str, Any]:
    required = [key.name for key in keys if key.required]
    return {
        "type": "object",
        "properties": {key.name: _property(key) for key in keys},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _property(key: Key) -> dict[str, Any]:
    if key.kind is None:
        return {"description": f"Not available yet. {key.doc}", "not": {}}
    default = {} if key.default is None else {"default": key.default}
    return {"description": key.doc, **default, **_schema(key.kind)}
