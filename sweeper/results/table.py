"""Rows of the results as a plain text table, for a terminal and for a pipe alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.model import Metric, Reason
from sweeper.results.columns import parameters, values_of

Row = Mapping[str, Any]

REDUCED: Mapping[str, str] = {
    "last": "last reported",
    "best": "best reported",
    "max": "highest reported",
    "min": "lowest reported",
}
FIRST: Mapping[str, str] = {"maximize": "highest first", "minimize": "lowest first"}
"""How a metric is made of its measurements, and in which order trials are listed, in words."""
_SHORTEST, _LONGEST_NOTE = 8, 72


def as_table(rows: Sequence[Row], *, sweep: str, metric: Metric, repeats: int = 1, empty: str = "no trials yet") -> str:
    """What is ranked and how on the first line; then what all rows share; then a row each, columns aligned."""
    head = [f"{sweep}: {ranked_by(metric, repeats)}"]
    if not rows:
        return "\n".join([*head, empty])
    varying, shared = _split(rows)
    if shared:
        head.append("the same in all: " + " ".join(f"{name}={text_of(value)}" for name, value in shared.items()))
    return "\n".join([*head, "", *aligned(_columns(rows, varying, metric, repeats))])


def ranked_by(metric: Metric, repeats: int = 1) -> str:
    """What rows are ranked by and how, in words."""
    mean = f", mean of {repeats} runs" if repeats != 1 else ""
    where = f"; where {' and '.join(metric.where)}" if metric.where else ""
    if not metric.more:
        return f"{metric.name} ({REDUCED[metric.reduce]}{mean}), {FIRST[metric.goal]}{where}"
    each = " and ".join(f"{one.name} ({REDUCED[one.reduce]}{mean}, {one.goal})" for one in metric.objectives)
    return f"{each}{where}; the Pareto front first, by {metric.name}"


def short_ids(ids: Sequence[str]) -> list[str]:
    """Beginnings of the ids, as long as it takes to tell them apart, and at least eight letters.

    Ids of repeats end in what tells them apart, and stay whole.
    """
    if any("-" in one for one in ids):
        return list(ids)
    length = _SHORTEST
    while len({one[:length] for one in ids}) < len(set(ids)):
        length += 1
    return [one[:length] for one in ids]


def _split(rows: Sequence[Row]) -> tuple[list[str], dict[str, Any]]:
    """Parameters that vary, and those that all rows share with their values; one row alone shares nothing."""
    points = [row["params"] for row in rows]
    names = parameters(points)
    if len(rows) == 1:
        return names, {}
    shared = {name: points[0][name] for name in names if _same(points, name)}
    return [name for name in names if name not in shared], shared


def _same(points: Sequence[Mapping[str, Any]], name: str) -> bool:
    first = points[0].get(name)
    kind, text = type(first), json.dumps(first)

    def is_first(value: Any) -> bool:
        # As JSON, because True == 1 and 1 == 1.0 in Python but not on a command line.
        return value == first and ((kind is str and type(value) is kind) or json.dumps(value) == text)

    return all(name in point and is_first(point[name]) for point in points)


def _columns(rows: Sequence[Row], varying: Sequence[str], metric: Metric, repeats: int) -> dict[str, list[Any]]:
    """Header -> cells. A column that says nothing is left out. Headers need not be unique: a space keeps them apart."""
    columns = {"rank": [row["rank"] for row in rows], "trial": short_ids([row["trial"] for row in rows])}

    def add(header: str, cells: list[Any]) -> None:
        while header in columns:
            header += " "
        columns[header] = cells

    for name in varying:
        add(name, [row["params"].get(name, "") for row in rows])
    if len({row["trial"] for row in rows}) < len(rows):
        add("attempt", [row["attempt"] for row in rows])
    add(metric.name, [row["metric"] for row in rows])
    if repeats != 1:  # beside the metric that they are of
        add("std", [row["std"] for row in rows])
        add("n", [row["n"] for row in rows])
    for name in values_of(rows):
        add(name, [row["values"].get(name) for row in rows])
    if repeats != 1 and any(row["tied"] is not None for row in rows):
        add("tied", ["yes" if row["tied"] else "" for row in rows])
    if metric.more:
        add("pareto", ["yes" if row["pareto"] else "" for row in rows])
    add("state", [_state(row) for row in rows])
    if len({row["digest"] for row in rows if row["digest"]}) > 1:
        add("code", [row["digest"][:_SHORTEST] for row in rows])
    if any(row["note"] for row in rows):
        add("note", [_clipped(row["note"]) for row in rows])
    return columns


def _state(row: Row) -> str:
    """A trial that a stopping rule has ended counts, but not as one that came to its end."""
    stopped = row["reason"] == Reason.STOPPED_EARLY
    return "stopped early" if stopped else str(row["state"])


def aligned(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """Lines of cells; columns of numbers to the right, the others to the left."""
    texts = []
    for header, cells in columns.items():
        lines = [header.strip(), *(_cell(cell) for cell in cells)]
        width = max(map(len, lines))
        right = all(cell in (None, "") or _is_number(cell) for cell in cells)
        texts.append([line.rjust(width) if right else line.ljust(width) for line in lines])
    return ["  ".join(line).rstrip() for line in zip(*texts, strict=True)]


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else text_of(value)


def text_of(value: Any) -> str:
    """A value as one would write it; line ends and other control characters as escapes."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _clipped(note: str) -> str:
    return note if len(note) <= _LONGEST_NOTE else f"{note[: _LONGEST_NOTE - 1]}…"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
