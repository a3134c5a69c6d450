"""What is known of the command line itself, for the verbs that are about it."""

from __future__ import annotations

import re
from collections.abc import Callable

from sweeper.lean import dataclass

_OPTION = re.compile(r"^  (?:-\w )?(--[a-z]+(?:-[a-z]+)*)(?:=(<[a-z]+>))?  +(.*(?:\n {10,}.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Itself:
    """The usage text of the program and its parts."""

    usage: str
    verbs: tuple[str, ...]
    usage_of: Callable[[str], str]
    """The usage text of one verb: its lines, its options and those of all verbs."""


@dataclass(frozen=True, slots=True)
class Described:
    """One option as the usage text describes it."""

    name: str
    value: str
    """``<n>``; empty for a flag."""
    says: str


def options_in(usage: str) -> list[Described]:
    """Of a usage text, in its order."""
    return [Described(name, value, " ".join(says.split())) for name, value, says in _OPTION.findall(usage)]


def said_of(itself: Itself, verb: str) -> str:
    """What the list of commands says that a verb does."""
    found = re.search(rf"^  {verb}  +(.*(?:\n {{10,}}.*)*)", _section(itself.usage, "Commands:\n"), re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


def line_of(itself: Itself, verb: str) -> str:
    """How a verb is used, without the options."""
    lines = " ".join(_section(itself.usage_of(verb), "Usage:\n").split())
    return re.sub(r"\[[^\]]*--[^\]]*\]|--[a-z-]+(?:=<\w+>)?|\[options\]", "", lines).split(verb, 1)[-1].strip()


def _section(usage: str, title: str) -> str:
    return usage.partition(title)[2].partition("\n\n")[0]
