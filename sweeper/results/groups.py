"""Rows gathered by the values of some names: what each value has come to."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.model import Metric
from sweeper.results.cells import Reader, Row, plain
from sweeper.results.repeats import mean_and_std

NUMBERS = ("mean", "std", "n", "rows", "best", "trial")


def grouped(rows: Sequence[Row], names: Sequence[str], by_name: Mapping[str, Reader], metric: Metric) -> list[Any]:
    """One dict a combination of values, the best mean first: the names, then NUMBERS.

    ``mean``, ``std`` (with n - 1) and ``best`` are of the ``n`` rows that are ranked, out of ``rows``; ``trial`` is the
    best one. A group without a ranked row comes last, with None for all numbers.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        # As JSON, because True == 1 and 1 == 1.0 in Python but not on a command line.
        groups.setdefault(json.dumps([plain(by_name, name, row) for name in names]), []).append(row)
    sign = -1 if metric.goal == "maximize" else 1
    found = [{**dict(zip(names, json.loads(key), strict=True)), **_numbers(own)} for key, own in groups.items()]
    return sorted(found, key=lambda group: math.inf if group["mean"] is None else sign * group["mean"])


def _numbers(rows: Sequence[Row]) -> dict[str, Any]:
    """``rows`` are in the order of the ranking, so the first ranked one is the best."""
    ranked = [row for row in rows if row["rank"] is not None]
    if not ranked:
        return {**dict.fromkeys(NUMBERS), "n": 0, "rows": len(rows)}
    mean, std = mean_and_std([row["metric"] for row in ranked])
    values = (mean, std, len(ranked), len(rows), ranked[0]["metric"], ranked[0]["trial"])
    return dict(zip(NUMBERS, values, strict=True))
