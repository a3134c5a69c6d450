"""The names of a table's columns: ours, and the parameters' among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BEFORE = ("rank", "trial", "point", "state", "reason")
AFTER = ("metric", "std", "n", "started", "ended", "seconds", "note", "digest")
"""``std`` only with repeats. Times are Unix seconds."""
NUMBERS = 3
"""The first of these are about the metric; after them come the columns of other metrics."""
JUDGED = ("front", "pareto", "violates")
"""Only with several objectives; ``violates`` with conditions on metrics too."""
_OURS = frozenset((*BEFORE, *AFTER))


def parameters(points: Sequence[dict[str, Any]]) -> list[str]:
    """Every parameter that some point has. The fullest point says the order: others lack conditional ones."""
    if not points:
        return []
    fullest = max(points, key=len)
    known = set(fullest)
    return list(fullest) + list(dict.fromkeys(_names_beyond(points, known)))


def column_names(parameters: Iterable[str], judged: Iterable[str] = ()) -> dict[str, str]:
    """Parameter -> column: its own name, or ``param_<name>`` where one of our columns has that name.

    ``judged`` are those of JUDGED that are among our columns.
    """
    names = list(parameters)
    ours = _OURS.union(judged)
    taken = ours | set(names)
    columns = {}
    for name in names:
        column = name
        while column in ours or (column != name and column in taken):
            column = f"param_{column}"
        columns[name] = column
    return columns


def metric_columns(metrics: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Metric -> column, of those besides the one that is ``metric``: its own name, or ``metric_<name>`` where that is
    one of our columns or ``taken``.
    """
    others = {*_OURS, *JUDGED, *taken}
    columns: dict[str, str] = {}
    for name in metrics:
        column = name
        while column in others:
            column = f"metric_{column}"
        columns[name] = column
        others.add(column)
    return columns


def values_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The metrics that rows have ``values`` of, but for the first, which is their ``metric``."""
    return list(dict.fromkeys(name for row in rows for name in list(row.get("values", ()))[1:]))


def judged_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which of JUDGED the rows have."""
    return [name for name in JUDGED if any(name in row for row in rows)]


def _names_beyond(points: Sequence[dict[str, Any]], known: set[str]) -> Iterable[str]:
    if set().union(*points) == known:
        return []
    return (name for point in points for name in point if name not in known)
