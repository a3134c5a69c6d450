"""A fixed part of a command line, taken apart into options and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sweeper.command import PLACEHOLDERS
from sweeper.model import Value

_NAME = re.compile(r"--(\w[\w.\-]*)")
_FILLED_IN = re.compile(rf"\{{({'|'.join(PLACEHOLDERS)})\}}")


def options(args: Sequence[str], notes: list[str]) -> dict[str, Value]:
    """Each long option with its value: ``--x=1``, ``--x 1``, or ``--x`` alone. What is none is noted, not guessed."""
    given: dict[str, list[Value]] = {}
    for name, value in _split(args, notes):
        given.setdefault(name, []).append(value)
    if "job_dir" in {name.replace("-", "_") for name in given}:
        notes.append("args: --job-dir is left out: sweeper gives each trial its own")
    return {
        name: values[0] if len(values) == 1 else tuple(values)
        for name, values in given.items()
        if name.replace("-", "_") != "job_dir"
    }


def _split(args: Sequence[str], notes: list[str]) -> Iterator[tuple[str, Value]]:
    rest = list(args)
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        found = _NAME.fullmatch(option)
        if found is None or _FILLED_IN.search(word):
            notes.append(f"args: {word!r} is left out: write it as a parameter of the config")
        elif equals:
            yield found[1], spelt(value)
        elif rest and not rest[0].startswith("-"):
            yield found[1], spelt(rest.pop(0))
        else:
            yield found[1], True


def spelt(text: str) -> Value:
    """A number, where that is written on a command line exactly as the text is."""
    for kind in (int, float):
        try:
            number = kind(text)
        except (ValueError, OverflowError):
            continue
        if repr(number) == text and abs(number) < 2**63:
            return number
    return text
