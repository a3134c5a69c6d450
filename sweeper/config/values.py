"""When two values are one: the same number, or the same text once they are on a command line."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from sweeper.config.nodes import is_number
from sweeper.model import Value


def identity(value: Value) -> Hashable:
    """Equal for values that mean the same: 1 and 1.0 do, 1 and True do not, 1 and '1' do not."""
    if isinstance(value, tuple):
        return ("list", *(identity(part) for part in value))
    if is_number(value):
        return ("number", value)
    return (type(value).__name__, value)


def rendering(value: Value) -> Hashable:
    """Equal for values that a trainer cannot tell apart: 1 and '1'; false and null both leave the option out."""
    if isinstance(value, tuple):
        return ("list", *(rendering(part) for part in value))
    if value is None or value is False:
        return ("left out",)
    if value is True:
        return ("flag",)
    return ("text", value if isinstance(value, str) else repr(value))


def first_repeated(values: Iterable[Value]) -> tuple[int, int] | None:
    """Positions of a value and of its first double; None where all differ."""
    seen: dict[Hashable, int] = {}
    for i, value in enumerate(values):
        for mark in (("means", identity(value)), ("renders", rendering(value))):
            if seen.setdefault(mark, i) != i:
                return seen[mark], i
    return None
