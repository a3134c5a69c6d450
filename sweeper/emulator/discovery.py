"""The messages that an API knows, read from the discovery documents that google-api-python-client ships."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sweeper.emulator.enums import Enum, find_enum

FORMATS = {
    "int64": "int64",
    "uint64": "int64",
    "byte": "bytes",
    "google-duration": "duration",
    "google-datetime": "timestamp",
    "google-fieldmask": "string",
}
"""What the ``format`` of a string makes it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message."""

    name: str
    """lowerCamelCase, as answers have it."""
    snake: str
    """As the service's own definition, and its error messages, have it."""
    kind: str
    """string int32 int64 bool double bytes duration timestamp enum any struct, or ``message``."""
    message: str = ""
    """The schema of a ``message``."""
    enum: Enum | None = None
    repeated: bool = False
    map: bool = False
    required: bool = False
    output: bool = False
    """Only in answers; what a request says there is ignored."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, its fields findable by both spellings."""

    proto: str
    """``google.cloud.ml.v1.Job``."""
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Api:
    """What is kept of a discovery document: the messages that can be reached from its roots, and the regions."""

    messages: Mapping[str, Message]
    regions: frozenset[str]


TUNING_JOB = "GoogleCloudAiplatformV1HyperparameterTuningJob"
ROOTS = {
    "ml": ("ml.v1", ("GoogleCloudMlV1__Job",)),
    "aiplatform": ("aiplatform.v1", ("GoogleCloudAiplatformV1CustomJob", TUNING_JOB)),
}
"""The document of an API, and the messages that its creates take."""
NESTED = re.compile(r"(StudySpec|ConditionalParameterSpec|ParameterSpec|MetricSpec|Measurement|Trial)(?=[A-Z])")
"""Messages inside which others are defined; a schema's name runs both together."""


@cache
def load(api: str) -> Api:
    """Read a document once and keep the hundredth part of it that is needed."""
    document, roots = ROOTS[api]
    path = files("googleapiclient.discovery_cache") / "documents" / f"{document}.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    schemas = whole["schemas"]
    messages = {name: _message(name, schemas[name]) for name in _reachable(schemas, roots)}
    regions = frozenset(entry["location"] for entry in whole.get("endpoints", ()) if "-" in entry["location"])
    return Api(messages, regions)


def root_of(api: str) -> str:
    """The schema of what a create of a plain job takes."""
    return ROOTS[api][1][0]


def snake_of(camel: str) -> str:
    """The name in the service's definition whose JSON name this is."""
    return re.sub(r"[A-Z]", lambda match: f"_{match.group().lower()}", camel)


def proto_of(schema: str) -> str:
    """The full name behind a schema's: ``GoogleCloudMlV1__Job`` is ``google.cloud.ml.v1.Job``."""
    match = re.fullmatch(r"Google(Cloud|Rpc|Longrunning)([A-Z][a-z]*)?(V1)?_*(.*)", schema)
    if not match:
        return schema
    if match[1] != "Cloud":
        return f"google.{match[1].lower()}.{(match[2] or '') + match[4]}"
    nested = NESTED.sub(r"\1.", match[4].replace("_", "."))
    return f"google.cloud.{(match[2] or '').lower()}.v1.{nested}"


def _reachable(schemas: Mapping[str, Any], roots: Iterable[str]) -> Iterator[str]:
    pending, seen = list(roots), set(roots)
    while pending:
        name = pending.pop()
        yield name
        for other in _references(schemas[name]):
            if other not in seen:
                seen.add(other)
                pending.append(other)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)


def _message(name: str, schema: Mapping[str, Any]) -> Message:
    proto = proto_of(name)
    fields: dict[str, Field] = {}
    for camel, described in schema.get("properties", {}).items():
        field = _field(proto, camel, described)
        fields[field.name] = fields[field.snake] = field
    return Message(proto, fields)


def _field(proto: str, camel: str, described: Mapping[str, Any]) -> Field:
    text = described.get("description", "")
    inner: Mapping[str, Any] = described
    repeated = described.get("type") == "array"
    is_map = "additionalProperties" in described and described["additionalProperties"].get("type") == "string"
    if repeated:
        inner = described["items"]
    elif is_map:
        inner = described["additionalProperties"]
    words = tuple(inner.get("enum", ()))
    return Field(
        name=camel,
        snake=snake_of(camel),
        kind=_kind(inner, enum=bool(words)),
        message=inner.get("$ref", ""),
        enum=find_enum(proto, camel, words) if words else None,
        repeated=repeated,
        map=is_map,
        required=text.startswith("Required. "),
        output=bool(described.get("readOnly")) or text.startswith("Output only."),
    )


def _kind(described: Mapping[str, Any], *, enum: bool) -> str:
    if "$ref" in described:
        return "message"
    if enum:
        return "enum"
    match described.get("type"):
        case "string":
            return FORMATS.get(described.get("format", ""), "string")
        case "integer":
            return "int32"
        case "number":
            return "double"
        case "boolean":
            return "bool"
        case "object":
            return "struct"
        case _:
            return "any"
