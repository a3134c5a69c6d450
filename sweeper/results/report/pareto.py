"""Two objectives against each other: every row that has both, and the Pareto front among those with a rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.model import Metric
from sweeper.results.report.thin import first_and_evenly

MOST, FIRST = 2000, 500
"""So many of the others are drawn; the front is drawn whole."""


def pareto(rows: Sequence[Mapping[str, Any]], metric: Metric) -> dict[str, Any] | None:
    """Of the first two objectives: their names and goals, the rows of the front, of the others, and of those that
    break a condition; None with one objective. ``front`` is sorted by the first objective.

    With three objectives and more, the front is that of all of them, and looks uneven in two.
    """
    if not metric.more:
        return None
    across, up = metric.objectives[:2]
    both = [
        place for place, row in enumerate(rows) if all(row["values"].get(one.name) is not None for one in (across, up))
    ]
    front = [place for place in both if rows[place]["pareto"]]
    others = [place for place in both if rows[place]["rank"] and not rows[place]["pareto"]]
    return {
        "names": [across.name, up.name],
        "goals": [across.goal, up.goal],
        "of": len(metric.objectives),
        "front": sorted(front, key=lambda place: rows[place]["metric"]),
        "others": [others[place] for place in first_and_evenly(len(others), most=MOST, first=FIRST)],
        "broken": [place for place in both if rows[place]["violates"]][:MOST],
        "where": " and ".join(metric.where),
    }
