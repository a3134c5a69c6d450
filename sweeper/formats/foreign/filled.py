"""Text that means nothing to the other tool, and that sweeper would fill in on every trial's command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sweeper.command import PLACEHOLDERS
from sweeper.config.nodes import Mark
from sweeper.formats.foreign.draft import Draft

_FILLED_IN = re.compile(rf"\{{({'|'.join(PLACEHOLDERS)})\}}")


def warn_of_placeholders(draft: Draft, text: str) -> None:
    """A warning for each parameter that has such text, at its place in ``text``, the whole file."""
    for values in (draft.parameters, *draft.together, *draft.points):
        for name, value in values.items():
            for shown in dict.fromkeys(_placeholders(value)):
                mark = draft.places.get(name) or _mark(text, shown)
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


def _mark(text: str, word: str) -> Mark:
    start = max(text.find(word), 0)
    return Mark(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
