"""The kinds of values that a config can hold; data only: the checks and the editor's schema both read it."""

from __future__ import annotations

from typing import TypeAlias

from sweeper.lean import dataclass


@dataclass(frozen=True)
class Text:
    """A string, not empty."""

    pattern: str = ""
    """A regular expression that all of it must match."""
    says: str = "text"
    """What a message says was expected."""
    numbers: bool = False
    """A number is taken too, as it was spelt."""
    example: str = ""
    """What a hint shows where nothing close to what was written is right."""


@dataclass(frozen=True)
class Word:
    """One of a few words."""

    allowed: tuple[str, ...]
    later: tuple[str, ...] = ()
    """Words that will mean something once their part is built."""
    foreign: tuple[tuple[str, str], ...] = ()
    """Words of other tools that people try here, and what to write instead."""


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    least: int
    most: int | None = None


@dataclass(frozen=True)
class Number:
    """A finite number."""

    above: float | None = None


@dataclass(frozen=True)
class Duration:
    """A length of time."""


@dataclass(frozen=True)
class Money:
    """An amount of US dollars."""


@dataclass(frozen=True)
class Truth:
    """true or false."""


@dataclass(frozen=True)
class Plain:
    """A parameter's value: text, a number, true, false, null, or a list of these."""


@dataclass(frozen=True)
class ListOf:
    """A list."""

    item: Kind
    least: int = 0


@dataclass(frozen=True)
class MapOf:
    """A mapping whose keys are the user's own names."""

    item: Kind
    names: str
    """A regular expression for the keys."""
    says: str
    """What a key is: ``parameter``."""
    least: int = 0


@dataclass(frozen=True)
class Forms:
    """A short and a long way to write the same; the shape of what was written tells which."""

    scalar: Kind | None = None
    sequence: Kind | None = None
    mapping: Kind | None = None


@dataclass(frozen=True)
class Key:
    """One key of a section."""

    name: str
    kind: Kind | None
    """None for a key that is refused because its part is not built yet."""
    doc: str
    default: str | int | float | bool | None = None
    required: bool = False


@dataclass(frozen=True)
class Fields:
    """A mapping with known keys."""

    keys: tuple[Key, ...]
    foreign: tuple[tuple[str, str], ...] = ()
    """Keys of other tools that people try here, and what to write instead."""


Kind: TypeAlias = Text | Word | Whole | Number | Duration | Money | Truth | Plain | ListOf | MapOf | Forms | Fields
