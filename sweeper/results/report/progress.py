"""The best number so far, as time goes on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def best_so_far(rows: Sequence[Mapping[str, Any]], *, goal: str, begin: float) -> list[tuple[float, float, int]]:
    """(hours since ``begin``, metric, row) of every ranked row that was the best when it ended, in that order."""
    ended = [(row["ended"], place) for place, row in enumerate(rows) if row["rank"] and row["ended"] is not None]
    sign = -1 if goal == "maximize" else 1
    steps: list[tuple[float, float, int]] = []
    best = math.inf
    for time, place in sorted(ended):
        value = rows[place]["metric"]
        if sign * value < best:
            best = sign * value
            steps.append(((time - begin) / 3600, value, place))
    return steps
