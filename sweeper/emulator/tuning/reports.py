"""What a trial reported with cloudml-hypertune: JSON lines, rewritten whole, the last of them maybe half there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sweeper.emulator.tuning.trial import Measurement

RESERVED = frozenset({"trial", "timestamp", "global_step", "checkpoint_path"})
"""Keys beside the metric's own."""


def merged(before: Sequence[Measurement], text: str, *, started: float) -> tuple[Measurement, ...]:
    """What was known with what the file says now: it keeps the last hundred reports only, so none is forgotten."""
    found = {one.step: one for one in before}
    for step, time, name, value in rows(text):
        known = found.get(step) or Measurement(step, max(0.0, time - started), {})
        found[step] = replace(known, metrics={**known.metrics, name: value})
    return tuple(found[step] for step in sorted(found))


def rows(text: str) -> Iterator[tuple[int, float, str, float]]:
    """(step, unix time, metric, value) of each line that can be read."""
    for line in text.splitlines():
        try:
            row = json.loads(line)
            step, time = int(float(row.get("global_step", 0) or 0)), float(row.get("timestamp", 0.0))
            yield from ((step, time, name, float(row[name])) for name in row if name not in RESERVED)
        except (AttributeError, OverflowError, TypeError, ValueError):
            continue


def final(measurements: Sequence[Measurement], metric: str, *, best: bool, maximize: bool) -> Measurement | None:
    """The one that counts: the last that has a number for the metric, or the best of them."""
    counted = [one for one in measurements if math.isfinite(one.metrics.get(metric, math.nan))]
    if not counted:
        return None
    if not best:
        return counted[-1]
    return max(counted, key=lambda one: one.metrics[metric] * (1 if maximize else -1))
