"""Text that means nothing to the other tool, and that sweeper would fill in on every trial's command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sweeper.command import PLACEHOLDERS
from sweeper.config.nodes import Mark
from sweeper.formats.foreign.draft import Draft

_FILLED_IN = re.compile(rf"\{{({'|'.join(PLACEHOLDERS)})\}}")
_MOST_TOLD = 20
"""Warnings of one file: who has read so many knows."""


def warn_of_placeholders(draft: Draft, text: str) -> None:
    """A warning for each parameter that has such text, at its place in ``text``, the whole file."""
    told: set[tuple[str, str]] = set()
    for values in (draft.parameters, *draft.together, *draft.points):
        for name, value in values.items():
            for shown in _placeholders(value):
                if (name, shown) in told or len(told) == _MOST_TOLD:
                    continue
                told.add((name, shown))
                mark = _mark(text, shown, draft.places.get(name) or Mark(1, 1))
                draft.warn(mark, name, f"sweeper fills in {shown} for each trial: {draft.tool} passes the text itself")


def _placeholders(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (found[0] for found in _FILLED_IN.finditer(value))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _placeholders(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _placeholders(one)


def _mark(text: str, word: str, place: Mark) -> Mark:
    """Where the word stands, from the parameter's line on; the parameter's place where it is spelt otherwise."""
    above = sum(map(len, text.splitlines(keepends=True)[: place.line - 1]))
    start = text.find(word, above)
    if start < 0:
        return place
    return Mark(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
