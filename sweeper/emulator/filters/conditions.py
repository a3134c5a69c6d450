"""What every filter is turned into: a condition of SQL and its values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sweeper.emulator import errors


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause over the table of jobs."""

    sql: str
    values: tuple[object, ...] = ()


ALL = Condition("1")


def join(word: str, parts: Iterable[Condition]) -> Condition:
    """Several conditions by AND or by OR."""
    parts = list(parts)
    return Condition(f" {word} ".join(f"({p.sql})" for p in parts), tuple(v for p in parts for v in p.values))


def negate(condition: Condition) -> Condition:
    """All other jobs."""
    return Condition(f"NOT ({condition.sql})", condition.values)


def matches(column: str, pattern: str) -> Condition:
    """The column against a text in which ``*`` stands for anything; a prefix is a range that an index answers."""
    head, star, tail = pattern.partition("*")
    if not star:
        return Condition(f"{column} = ?", (pattern,))
    if not tail and not head:
        return ALL
    if not tail:
        return Condition(f"{column} >= ? AND {column} < ?", (head, head + "\U0010ffff"))
    escaped = "".join(f"[{letter}]" if letter in "?[" else letter for letter in pattern)
    return Condition(f"{column} GLOB ?", (escaped,))


def refused(text: str) -> errors.ApiError:
    """400 for a filter that can be read but asks for what the service does not have."""
    return errors.invalid(f"Invalid list filter: {text}")
