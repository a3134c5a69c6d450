"""Learning curves: what trials reported step by step, of the best ones and of some of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sweeper.results.report.thin import first_and_evenly, some

MOST, FIRST, POINTS = 100, 50, 200


def drawn(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Trial -> its row, of those whose curves are drawn."""
    return {rows[place]["trial"]: place for place in first_and_evenly(len(rows), most=MOST, first=FIRST)}


def curves(measured: Iterable[tuple[str, int, float]], wanted: Mapping[str, int]) -> list[dict[str, Any]]:
    """One line a trial, by row, of (trial, step, value) in the order of arrival; of a step the latest counts.

    Trials that reported at one step only have no line.
    """
    found: dict[str, dict[int, float]] = {}
    for trial, step, value in measured:
        if trial in wanted:
            found.setdefault(trial, {})[step] = value
    lines = []
    for trial in sorted(found, key=wanted.__getitem__):
        points = some(sorted(found[trial].items()), POINTS)
        if len(points) > 1:
            lines.append({"row": wanted[trial], "steps": [p[0] for p in points], "values": [p[1] for p in points]})
    return lines
