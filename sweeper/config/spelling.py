"""Guesses the number that somebody meant by ``32k``, ``1_000`` or ``'5'``."""

from __future__ import annotations

import re

from sweeper.config.nodes import Scalar
from sweeper.config.scalars import Unclear, resolve

_UNITS = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "b": 1_000_000_000}


def number_hint(node: Scalar, *, whole: bool) -> str:
    """``try 32000`` for ``32k``; empty where no number is meant."""
    if isinstance(node.value, bool) or node.missing:
        return ""
    number = _meant(node.text)
    if number is None or (whole and number != int(number)):
        return ""
    quotes = "" if node.plain else ", without quotes"
    return f"try {int(number) if number == int(number) and (whole or number >= 1) else number}{quotes}"


def _meant(text: str) -> int | float | None:
    bare = text.strip().replace("_", "").replace(",", "")
    match = re.fullmatch(r"(.*[0-9.])([kmgb]?)", bare, re.IGNORECASE)
    if match is None:
        return None
    try:
        number = resolve(match[1])
    except Unclear:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > 1e15 or number != number:
        return None
    return number * _UNITS.get(match[2].lower(), 1)
