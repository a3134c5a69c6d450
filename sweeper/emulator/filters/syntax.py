"""The text of a list filter as a tree.

As google.aip.dev/160 has it: OR binds tighter than AND, ``-`` is another NOT, strings may be quoted either way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from sweeper.emulator import errors

Tree: TypeAlias = "Both | Either | Not | Test"


@dataclass(frozen=True, slots=True)
class Both:
    """AND."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """OR."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """NOT."""

    part: Tree


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison."""

    path: tuple[str, ...]
    op: str
    value: str


NAME = re.compile(r"""[\w-]+(?:\.(?:[\w-]+|"[^"]*"|'[^']*'))*""")
OPERATOR = re.compile(r"!=|<=|>=|[=<>:]")
VALUE = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s()"']+""")
DEEPEST = 50


def parse_filter(text: str) -> Tree | None:
    """The tree; None for an empty filter. Raises ApiError with the place where it cannot be read."""
    reader = _Reader(text)
    if reader.at_end():
        return None
    tree = reader.both()
    if not reader.at_end():
        raise reader.refusal("expected AND, OR or the end")
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0

    def both(self) -> Tree:
        parts = [self.either()]
        while self.word("AND"):
            parts.append(self.either())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def either(self) -> Tree:
        parts = [self.single()]
        while self.word("OR"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def single(self) -> Tree:
        if self.word("NOT") or self.sign("-"):
            return Not(self.single())
        if not self.sign("("):
            return self.test()
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refusal("too many parentheses")
        inside = self.both()
        if not self.sign(")"):
            raise self.refusal("expected ')'")
        self.depth -= 1
        return inside

    def test(self) -> Test:
        name = self.take(NAME, "expected a field")
        op = self.take(OPERATOR, "expected one of = != < <= > >= :")
        value = self.take(VALUE, "expected a value")
        parts = re.findall(r"""[\w-]+|"[^"]*"|'[^']*'""", name)
        return Test(tuple(part.strip("\"'") for part in parts), op, _unquote(value))

    def take(self, pattern: re.Pattern[str], otherwise: str) -> str:
        self.skip()
        match = pattern.match(self.text, self.place)
        if not match:
            raise self.refusal(otherwise)
        self.place = match.end()
        return match.group()

    def word(self, word: str) -> bool:
        self.skip()
        match = re.compile(rf"{word}(?=[\s(])").match(self.text, self.place)
        if match:
            self.place = match.end()
        return bool(match)

    def sign(self, sign: str) -> bool:
        self.skip()
        found = self.text.startswith(sign, self.place)
        self.place += found
        return found

    def skip(self) -> None:
        while self.place < len(self.text) and self.text[self.place].isspace():
            self.place += 1

    def at_end(self) -> bool:
        self.skip()
        return self.place == len(self.text)

    def refusal(self, text: str) -> errors.ApiError:
        return errors.invalid(f"Invalid list filter: {text} at position {self.place} of {self.text!r}.")


def _unquote(value: str) -> str:
    if value[:1] not in ("'", '"'):
        return value
    return re.sub(r"\\(.)", r"\1", value[1:-1])
