"""A config as a plain tree that remembers where each key and value was written."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import TypeAlias

from sweeper.lean import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text; both numbers start at 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, and how it was spelt."""

    mark: Mark
    value: str | int | float | bool | None
    text: str
    plain: bool = True
    """Written without quotes."""
    broken: bool = False
    """Already complained about; the checks pass it by."""

    @property
    def missing(self) -> bool:
        """Nothing was written where a value belongs; ``null`` is something."""
        return self.value is None and not self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and what it holds."""

    mark: Mark
    node: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the order they were written."""

    mark: Mark
    entries: MappingType[str, Entry]
    broken: bool = False


Node: TypeAlias = Scalar | Sequence | Mapping


_NO_NUMBERS = (".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN")


def found(node: Node) -> str:
    """What was written, as an error message names it: ``'32k'``, ``the number 3``, ``a list``."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    if node.missing:
        return "nothing"
    text = shorten(node.text)
    if isinstance(node.value, str):
        return repr(text)
    return f"the number {text}" if is_number(node.value) and not text.endswith(_NO_NUMBERS) else text


def shorten(text: str) -> str:
    """At most 40 characters of it: enough to recognise it in a message."""
    return text if len(text) <= 40 else text[:37] + "..."


def is_number(value: object) -> bool:
    """Whether it is a number to a person: in Python ``True`` is one as well."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Whether it was written as a whole number: ``3``, not ``3.0`` and not ``true``."""
    return isinstance(value, int) and not isinstance(value, bool)
