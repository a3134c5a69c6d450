"""The ``fields`` parameter: only part of an answer, ``items(name,size),nextPageToken``."""

from __future__ import annotations

import re
from typing import Any

TOKEN = re.compile(r"[^,()/\s]+|[,()/]")
Mask = dict[str, "Mask"]
"""A key -> what is wanted below it; nothing below = everything. ``*`` stands for every key."""


def only(answer: Any, fields: str) -> Any:
    """The wanted part; everything, where the text makes no sense."""
    try:
        mask, rest = _parse(TOKEN.findall(fields))
    except (IndexError, ValueError):
        return answer
    return answer if rest or not mask else _cut(answer, mask)


def _parse(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while tokens and tokens[0] != ")":
        key, *tokens = tokens
        if key in ",(/)":
            raise ValueError(key)
        below = mask.setdefault(key, {})
        while tokens[:1] == ["/"]:
            below = below.setdefault(tokens[1], {})
            tokens = tokens[2:]
        if tokens[:1] == ["("]:
            inner, tokens = _parse(tokens[1:])
            below.update(inner)
            if tokens[0] != ")":
                raise ValueError(tokens[0])
            tokens = tokens[1:]
        if tokens[:1] == [","]:
            tokens = tokens[1:]
    return mask, tokens


def _cut(value: Any, mask: Mask) -> Any:
    if not mask:
        return value
    if isinstance(value, list):
        return [_cut(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    every = mask.get("*")
    return {k: _cut(v, mask.get(k, every or {})) for k, v in value.items() if k in mask or every is not None}
