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
    resolver, constructor = _reader()
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False))
    kind = tag.rpartition(":")[2]
    if kind not in ("int", "float", "bool", "null"):
        return text
    try:
        found: str | int | float | bool | None = getattr(constructor, f"construct_yaml_{kind}")(
            yaml.ScalarNode(tag, text)
        )
    except ValueError:  # 0b_, and the like, which match its pattern of a number and are none
        return text
    return found


@cache
def _reader() -> tuple[Any, Any]:
    import yaml

    return yaml.resolver.Resolver(), yaml.constructor.SafeConstructor()
