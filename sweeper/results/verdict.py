"""How sure the ranking is: the rows that are tied with the best, and one line that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sweeper.model import Metric
from sweeper.results.source import Source, numbers_by_seed

Runs: TypeAlias = list[tuple[str, str, float]]

LUCK = "one run each: the first may be first by luck; `sweeper confirm` runs the best ones again with new seeds"
TOO_FEW = "too few runs have ended to say who is tied with the best"
NO_LIBRARY = 'who is tied with the best is not told without scipy: pip install "sweeper[search]"'


def mark(source: Source, sweep: str, rows: Sequence[dict[str, Any]], metric: Metric) -> str:
    """Sets ``tied`` of the ranked rows, which are points with repeats, the first ones of the ranking; returns the line.

    ``tied`` stays None where nothing can be told.
    """
    from sweeper.results.tied import CONFIDENCE, tied  # numpy and scipy, only where there are repeats

    ranked = [row for row in rows if row["rank"] is not None]
    runs = numbers_by_seed(source, sweep)
    if metric.judged:
        runs = _judged(source, sweep, runs, metric)
    points = len({point for point, _, _ in runs})
    if points < 2 or not ranked:
        return ""
    try:
        found = tied(runs, metric.goal)
    except ImportError:
        return NO_LIBRARY
    if found is None:
        return TOO_FEW
    found.add(ranked[0]["point"])  # runs that are missing may make another mean the best
    for row in ranked:
        row["tied"] = row["point"] in found
    sure = f"with {CONFIDENCE:.0%} confidence"
    if len(found) == 1:
        return f"the first is better than the other{'' if points == 2 else f' {points - 1}'}, {sure}"
    return f"tied with the best: {len(found)} of {points} points, {sure}; `sweeper confirm` runs them again"


def _judged(source: Source, sweep: str, runs: Runs, metric: Metric) -> Runs:
    """Those of points that have a rank. Of several objectives, the first is what is compared."""
    from sweeper.results.judged import judged
    from sweeper.results.order import Place

    ranked = {one.point for one in judged(source, sweep, metric, 2) if one.row.place == Place.RANKED}
    return [run for run in runs if run[0] in ranked]


def luck(rows: Sequence[dict[str, Any]], total: int) -> str:
    """What to think of a first place of ``total`` that rests on one run each."""
    if total < 2 or not rows or rows[0]["rank"] != 1:
        return ""
    return LUCK
