"""The mean metric over two parameters at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sweeper.results.report.axes import Axis
from sweeper.results.report.bins import bins

_PARTS = 10


def heat(across: Axis, up: Axis, metric: Sequence[float | None]) -> dict[str, Any]:
    """Labels of both sides, and for each cell (rows go up) the mean of its finite numbers and how many they are."""
    x, y = bins(across, _PARTS), bins(up, _PARTS)
    cells: dict[tuple[int, int], list[float]] = {}
    for i, j, value in zip(x.of, y.of, metric, strict=True):
        if i is not None and j is not None and value is not None and math.isfinite(value):
            cells.setdefault((j, i), []).append(value)
    mean = [[_mean(cells.get((j, i), [])) for i in range(len(x.labels))] for j in range(len(y.labels))]
    count = [[len(cells.get((j, i), [])) for i in range(len(x.labels))] for j in range(len(y.labels))]
    return {"x": across.name, "y": up.name, "across": x.labels, "up": y.labels, "mean": mean, "count": count}


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(value / len(values) for value in values) if values else None
