"""Where the keys of a config were written, to tell what is found later in the order of the file as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sweeper.config.loader import compose
from sweeper.config.nodes import Mapping as MappingNode
from sweeper.config.nodes import Mark, Node
from sweeper.config.nodes import Sequence as SequenceNode
from sweeper.config.report import Report, join
from sweeper.errors import Problem

_TOP = Mark(0, 0)
"""Of what names no key of the file."""


def in_file_order(problems: Sequence[Problem], text: str) -> list[Problem]:
    """By their keys in the config ``text``; those of one key, or of none, in the order in which they came."""
    if len(problems) < 2:
        return list(problems)
    root = compose(text, Report(""))
    marks = dict(_marks(root, "")) if root is not None else {}

    def place(problem: Problem) -> tuple[int, int]:
        mark = _place(problem.path, marks)
        return mark.line, mark.column

    return sorted(problems, key=place)


def _place(path: str, marks: Mapping[str, Mark]) -> Mark:
    """Of the key itself, else of the nearest one above it; a parameter may be written below others than its own key."""
    if path in marks:
        return marks[path]
    head, _, name = path.partition(".")
    if head == "parameters" and name:
        linked = (mark for key, mark in marks.items() if key.startswith(_ROWS) and key.endswith(f".{name}"))
        if found := next(linked, None):
            return found
    above = max(path.rfind("."), path.rfind("["))
    return _place(path[:above], marks) if above > 0 else _TOP


_ROWS = ("together[", "points[")


def _marks(node: Node, path: str) -> Iterator[tuple[str, Mark]]:
    if isinstance(node, MappingNode):
        for key, entry in node.entries.items():
            below = join(path, key)
            yield below, entry.mark
            yield from _marks(entry.node, below)
    elif isinstance(node, SequenceNode):
        for place, item in enumerate(node.items):
            yield join(path, place), item.mark
            yield from _marks(item, join(path, place))
