"""What unquoted text means in YAML 1.2: the core schema, minus the spellings that people read two ways."""

from __future__ import annotations

import math
import re

_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STARTS = frozenset("-+.0123456789")
_LONGEST = 64
_BITS = 64


class Unclear(ValueError):
    """Text that looks like a number but must not be taken for one; its arguments are message and hint."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of unquoted text (https://yaml.org/spec/1.2.2/#103-core-schema).

    Raises Unclear for ``010`` (ten in 1.2, eight in 1.1) and for numbers that no machine number can hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _STARTS:
        return text
    if _INT.fullmatch(text):
        return _whole(text)
    if _BASED.fullmatch(text):
        return _fits(int(text, 0), text) if len(text) <= _LONGEST else _too_big(text)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if special := _SPECIAL.fullmatch(text):
        return math.nan if special[3] else -math.inf if special[1] == "-" else math.inf
    return text


def _whole(text: str) -> int:
    if len(text) > _LONGEST:
        return _too_big(text)
    if _LEADING_ZERO.fullmatch(text):
        question = "ten or eight?" if text == "010" else "decimal or octal?"
        raise Unclear(f"a number with a leading zero: {question}", f"write {int(text)} or '{text}'")
    return _fits(int(text), text)


def _fits(number: int, text: str) -> int:
    return number if abs(number) < 2**_BITS else _too_big(text)


def _too_big(text: str) -> int:
    short = text if len(text) <= 24 else text[:21] + "..."
    raise Unclear(f"{short} does not fit into {_BITS} bits", "to pass it as text, quote it")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Unclear(f"{text[:24]} is larger than any floating-point number", "to pass it as text, quote it")
    return number
