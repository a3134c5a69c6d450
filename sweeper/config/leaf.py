"""Holds one scalar against its kind: text, a word of a few, a number, a length of time, an amount."""

from __future__ import annotations

import math
import re
from typing import Any, TypeAlias

from sweeper.config.durations import seconds
from sweeper.config.kinds import Duration, Money, Number, Text, Truth, Whole, Word
from sweeper.config.money import dollars
from sweeper.config.names import listed, nearest
from sweeper.config.nodes import Node, Scalar, found, is_number, is_whole
from sweeper.config.report import Report
from sweeper.config.spelling import number_hint

NOT_YET = "not available yet"

Leaf: TypeAlias = Text | Word | Whole | Number | Duration | Money | Truth


class _Bad:
    """What a value becomes that was wrong; the report knows why."""


BAD = _Bad()


def check_leaf(kind: Leaf, node: Node, path: str, report: Report) -> Any:
    """The value of ``node``; BAD where it is not of this kind, and the report says why."""
    if not isinstance(node, Scalar):
        report.add(node.mark, path, f"expected {_says(kind)}, got {found(node)}")
        return BAD
    value, message, hint = _SCALARS[type(kind)](kind, node)
    if message or value is BAD:
        report.add(node.mark, path, message or f"expected {_says(kind)}, got {found(node)}", hint)
        return BAD
    return value


def _text(kind: Text, node: Scalar) -> tuple[Any, str, str]:
    if kind.numbers and is_number(node.value):
        return node.text, "", ""
    if not isinstance(node.value, str):
        return BAD, "", "" if node.missing else f"quote it: '{node.text}'"
    if not node.value.strip() and not kind.numbers:
        return BAD, f"expected {_says(kind)}, got empty text", ""
    if kind.pattern and not re.fullmatch(kind.pattern, node.value):
        return BAD, "", _text_hint(kind, node.value)
    return node.value, "", ""


def _text_hint(kind: Text, text: str) -> str:
    near = text.strip("-<> ").removesuffix(".py").replace("/", ".").replace(" ", "-").strip(".")
    if near != text and re.fullmatch(kind.pattern, near):
        return f"try {near}"
    return f"for example {kind.example}" if kind.example else ""


def _word(kind: Word, node: Scalar) -> tuple[Any, str, str]:
    if node.value in kind.allowed and isinstance(node.value, str):
        return node.value, "", ""
    if node.text in kind.later:
        return BAD, f"{node.text} is {NOT_YET}", f"use {listed(kind.allowed)}"
    if hint := dict(kind.foreign).get(node.text):
        return BAD, "", hint
    close = None if node.missing else nearest(node.text, (*kind.allowed, *kind.later))
    return BAD, "", f"did you mean {close}?" if close in kind.allowed else ""


def _whole(kind: Whole, node: Scalar) -> tuple[Any, str, str]:
    value = node.value
    if not isinstance(value, int) or not is_whole(value):
        return BAD, "", number_hint(node, whole=True)
    if value < kind.least or (kind.most is not None and value > kind.most):
        return BAD, "", ""
    return value, "", ""


def _number(kind: Number, node: Scalar) -> tuple[Any, str, str]:
    value = node.value
    if not isinstance(value, int | float) or not is_number(value):
        return BAD, "", number_hint(node, whole=False)
    if not math.isfinite(value) or (kind.above is not None and value <= kind.above):
        return BAD, "", ""
    return value, "", ""


def _duration(_: Duration, node: Scalar) -> tuple[Any, str, str]:
    value: object = node.value
    if isinstance(value, str):
        value = seconds(value)
    if not isinstance(value, int | float) or not is_number(value) or not 0 < value < math.inf:
        return BAD, "", "90s, 30m, 2h or 1h30m"
    return float(value), "", ""


def _money(_: Money, node: Scalar) -> tuple[Any, str, str]:
    value: object = node.value
    if isinstance(value, str):
        value = dollars(value)
    if not isinstance(value, int | float) or not is_number(value) or not 0 < value < math.inf:
        return BAD, "", "for example 20 USD"
    return float(value), "", ""


def _truth(_: Truth, node: Scalar) -> tuple[Any, str, str]:
    if isinstance(node.value, bool):
        return node.value, "", ""
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(node.text.casefold())
    return BAD, "", f"write {meant or 'true or false'}"


_SCALARS: dict[type, Any] = {
    Text: _text,
    Word: _word,
    Whole: _whole,
    Number: _number,
    Duration: _duration,
    Money: _money,
    Truth: _truth,
}


def _says(kind: Leaf) -> str:
    """What was expected, for a message."""
    match kind:
        case Text():
            return kind.says
        case Word():
            return listed(kind.allowed)
        case Whole(least, None):
            return "a whole number" if least == 0 else f"a whole number from {least} up"
        case Whole(least, most):
            return f"a whole number from {least} to {most}"
        case Number(None):
            return "a number"
        case Number(above):
            return f"a number above {above:g}"
        case Duration():
            return "a length of time"
        case Money():
            return "an amount of US dollars"
        case Truth():
            return "true or false"
