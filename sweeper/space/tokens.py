"""The text of a constraint, cut into tokens that know their column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Literal, NoReturn

from sweeper.errors import UserError
from sweeper.lean import dataclass

LONGEST = 1000
"""Characters of a constraint."""
MOST_DIGITS = 100
"""Of a whole number."""

KEYWORDS = frozenset({"and", "or", "not", "in"})
CONSTANTS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
}

_TOKEN = re.compile(
    r"""(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<string>"[^"\\]*"|'[^'\\]*')
      | (?P<word>[^\W\d]\w*)
      | (?P<mark>\*\*|//|<=|>=|==|!=|[-+*/%<>()\[\],])""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_HINTS = {"=": "equality is written ==", "&": "write `and`", "|": "write `or`", "!": "write `not` or !="}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, string or mark."""

    kind: Literal["number", "string", "constant", "name", "mark", "end"]
    text: str
    column: int
    """From 1."""
    value: str | int | float | bool | None = None
    """Of a number, a string or a constant."""


def tokens(text: str, names: Collection[str]) -> Iterator[Token]:
    """The tokens, closed by one of kind ``end``. A known name wins over what its characters could otherwise mean."""
    if len(text) > LONGEST:
        fail(text[:40] + "...", LONGEST, f"longer than {LONGEST} characters")
    odd = sorted((name for name in names if not name.isidentifier()), key=len, reverse=True)
    position = _skip(text, 0)
    while position < len(text):
        token, length = _next(text, position, names, odd)
        yield token
        position = _skip(text, position + length)
    yield Token("end", "", len(text) + 1)


def fail(text: str, column: int, message: str, *, hint: str = "") -> NoReturn:
    """Refuse a constraint, showing the column."""
    raise UserError(f"{message}, at column {column} of {text!r}", path="constraints", hint=hint)


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _next(text: str, position: int, names: Collection[str], odd: list[str]) -> tuple[Token, int]:
    column = position + 1
    name = next((name for name in odd if _stands_at(text, position, name)), None)
    if name is not None:
        return Token("name", name, column), len(name)
    found = _TOKEN.match(text, position)
    if found is None:
        character = text[position]
        fail(text, column, f"{character!r} is not understood here", hint=_HINTS.get(character, ""))
    piece = found.group()
    match found.lastgroup:
        case "number":
            return Token("number", piece, column, _number(text, piece, column)), len(piece)
        case "string":
            return Token("string", piece, column, piece[1:-1]), len(piece)
        case "word":
            return _word(piece, column, names), len(piece)
        case _:
            return Token("mark", piece, column), len(piece)


def _stands_at(text: str, position: int, name: str) -> bool:
    """Whether a name that is no identifier (``batch-size``) stands here, not as the start of a longer word."""
    if not name[:1].isalpha() and name[:1] != "_":
        return False
    after = text[position + len(name) : position + len(name) + 1]
    return text.startswith(name, position) and not (after.isalnum() or after == "_")


def _word(piece: str, column: int, names: Collection[str]) -> Token:
    if piece in KEYWORDS:
        return Token("mark", piece, column)
    if piece in CONSTANTS and piece not in names:
        return Token("constant", piece, column, CONSTANTS[piece])
    return Token("name", piece, column)


def _number(text: str, piece: str, column: int) -> int | float:
    if len(piece) > MOST_DIGITS:
        fail(text, column, f"a number of more than {MOST_DIGITS} digits")
    number: int | float = int(piece) if piece.isdecimal() else float(piece)
    if number == float("inf"):
        fail(text, column, f"{piece} is too large")
    return number
