"""From a request's bytes to a message: both spellings of a field become one, every fault is told in Google's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.emulator import errors
from sweeper.emulator.discovery import Api, Field, Message
from sweeper.emulator.validation.scalars import Wrong, is_text, label, read_scalar

Faults = list[tuple[str, str]]


def read_json(body: bytes) -> Any:
    """The request's JSON; nothing at all is an empty message.

    Raises ApiError as the real servers do where it is not JSON.
    """
    if not body.strip():
        return {}
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise errors.invalid("Invalid JSON payload received. Message too deep. Max recursion depth reached") from None
    except json.JSONDecodeError as error:
        raise _not_json(error.doc, error.pos) from None
    except UnicodeDecodeError:
        raise errors.invalid("Invalid JSON payload received. Encountered non UTF-8 code points.") from None
    except ValueError:
        raise errors.invalid("Invalid JSON payload received. Unexpected token.") from None


def read_message(api: Api, schema: str, body: Any, *, root: str) -> dict[str, Any]:
    """The message in camelCase, enums by name, int64 as strings, without nulls, empty values and output-only fields.

    ``root`` is what the service calls it in messages: ``job``. Raises ApiError with all that is wrong.
    """
    if not isinstance(body, dict):
        text = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        raise errors.invalid(text, [("", text)])
    faults: Faults = []
    message = _message(api, api.messages[schema], body, root, faults)
    if faults:
        raise errors.invalid("\n".join(text for _, text in faults), faults)
    return message


def _message(api: Api, message: Message, body: Mapping[str, Any], path: str, faults: Faults) -> dict[str, Any]:
    found: dict[str, Any] = {}
    spelt: set[str] = set()
    for name, value in body.items():
        field = message.fields.get(name)
        if field is None:
            faults.append((path, _unknown(name, path, "Cannot find field.")))
        elif field.name in spelt:
            faults.append((path, _unknown(name, path, "Proto field is not repeating, cannot set it twice.")))
        elif value is not None:
            spelt.add(field.name)
            read = _value(api, field, value, path, name, faults)
            if not field.output and not _is_default(field, read):
                found[field.name] = read
    return found


def _is_default(field: Field, value: Any) -> bool:
    """Whether proto3 could not tell it from an absent one. Of enums the words are kept: people like to read them."""
    if field.kind == "message" and not field.repeated:
        return False
    return value in ("", 0, False, [], {}) or (field.kind == "int64" and value == "0")


def _value(api: Api, field: Field, value: Any, path: str, name: str, faults: Faults) -> Any:
    inner = f"{path}.{field.snake}"
    if field.map:
        return _map(field, value, inner, faults)
    if field.repeated:
        if not isinstance(value, list):
            faults.append((inner, _invalid(inner, _type(api, field), value)))
            return []
        return [_one(api, field, item, f"{inner}[{i}]", faults) for i, item in enumerate(value)]
    if isinstance(value, list) and field.kind not in ("any", "struct"):
        faults.append((path, _unknown(name, path, "Proto field is not repeating, cannot start list.")))
        return ""
    return _one(api, field, value, inner, faults)


def _one(api: Api, field: Field, value: Any, path: str, faults: Faults) -> Any:
    if field.kind == "message":
        if isinstance(value, dict):
            return _message(api, api.messages[field.message], value, path, faults)
        faults.append((path, _invalid(path, _type(api, field), value)))
        return {}
    if isinstance(value, dict) and field.kind not in ("any", "struct"):
        text = f"Invalid value at '{path}' ({label(field)}), Starting an object on a scalar field"
        faults.append((path, text))
        return ""
    try:
        return read_scalar(field, value)
    except Wrong as wrong:
        faults.append((path, _invalid(path, label(field), value, str(wrong) or None)))
        return ""


def _map(field: Field, value: Any, path: str, faults: Faults) -> dict[str, str]:
    if not isinstance(value, dict):
        text = _invalid(path, "Map", value, "Cannot bind a list to map for field" if isinstance(value, list) else None)
        faults.append((path, text))
        return {}
    for place, item in enumerate(value.values()):
        if not is_text(item):
            where = f"{path}[{place}].value"
            faults.append((where, _invalid(where, "TYPE_STRING", item)))
    return value


def _type(api: Api, field: Field) -> str:
    if field.kind == "message":
        return f"type.googleapis.com/{api.messages[field.message].proto}"
    return label(field)


def _unknown(name: str, path: str, text: str) -> str:
    return f"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': {text}"


def _invalid(path: str, kind: str, value: Any, text: str | None = None) -> str:
    shown = text or (f'"{value}"' if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return f"Invalid value at '{path}' ({kind}), {shown}"


def _not_json(text: str, position: int) -> errors.ApiError:
    if not text[position:].strip():
        return errors.invalid("Invalid JSON payload received. Unexpected end of string.")
    line = text[max(0, position - 30) : position + 30].splitlines()
    shown = line[0] if line else ""
    return errors.invalid(f"Invalid JSON payload received. Unexpected token.\n{shown}\n{'^':>{min(position, 30) + 1}}")


def _no_constant(word: str) -> float:
    raise ValueError(word)
