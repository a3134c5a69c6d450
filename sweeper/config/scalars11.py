"""What unquoted text means in YAML 1.1 as PyYAML reads it, which is how most Python tools read their files."""

from __future__ import annotations

from functools import cache
from typing import Any

_LONGEST = 64


def resolve11(text: str) -> str | int | float | bool | None:
    """``1e-5`` is text, ``no`` is false, ``010`` is eight and ``12:30`` is 750. A date stays text here."""
    import yaml

    if len(text) > _LONGEST:
        return text
    resolver, _ = _reader()
    kind = resolver.resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    try:
        return tagged11(kind, text)
    except ValueError:  # 0b_, and the like, which match its pattern of a number and are none
        return text


def tagged11(kind: str, text: str) -> str | int | float | bool | None:
    """The value of ``!!float 1e-5`` and the like. Raises ValueError where the text is none of its kind."""
    import yaml

    if kind not in ("int", "float", "bool", "null"):
        return text
    if len(text) > _LONGEST:
        raise ValueError(text)
    _, constructor = _reader()
    try:
        found: int | float | bool | None = getattr(constructor, f"construct_yaml_{kind}")(yaml.ScalarNode(kind, text))
    except (KeyError, IndexError):
        raise ValueError(text) from None
    return found


@cache
def _reader() -> tuple[Any, Any]:
    import yaml

    return yaml.resolver.Resolver(), yaml.constructor.SafeConstructor()
