"""The names of a table's columns: ours, and the parameters' among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

BEFORE = ("rank", "trial", "point", "state", "reason")
AFTER = ("metric", "std", "n", "started", "ended", "seconds", "note", "digest")
"""``std`` only with repeats. Times are Unix seconds."""
_OURS = frozenset((*BEFORE, *AFTER))


def parameters(points: Sequence[dict[str, Any]]) -> list[str]:
    """Every parameter that some point has. The fullest point says the order: others lack conditional ones."""
    if not points:
        return []
    fullest = max(points, key=len)
    known = set(fullest)
    return list(fullest) + list(dict.fromkeys(_names_beyond(points, known)))


def column_names(parameters: Iterable[str]) -> dict[str, str]:
    """Parameter -> column: its own name, or ``param_<name>`` where one of our columns has that name."""
    names = list(parameters)
    taken = _OURS | set(names)
    columns = {}
    for name in names:
        column = name
        while column in _OURS or (column != name and column in taken):
            column = f"param_{column}"
        columns[name] = column
    return columns


def _names_beyond(points: Sequence[dict[str, Any]], known: set[str]) -> Iterable[str]:
    if set().union(*points) == known:
        return []
    return (name for point in points for name in point if name not in known)
