"""The file that cloudml-hypertune writes: one JSON object a report, values as strings, the last 100 reports only."""

from __future__ import annotations

from collections import Counter

from sweeper.metrics.lines import number, objects, seconds, whole
from sweeper.model import Measurement

RESERVED = frozenset({"trial", "timestamp", "global_step", "checkpoint_path"})
"""Keys of every report. A metric of one of these names is overwritten, or overwrites, in the package itself."""


def parse(text: str) -> list[Measurement]:
    """Every report in the file, in its order.

    The package writes step 0 for a report without a step. Where a metric has step 0 more than once, its reports
    are numbered instead, so that two equal values one after the other stay two measurements.
    """
    found = [
        Measurement(name, value, whole(report.get("global_step")) or 0, seconds(report.get("timestamp")) or 0.0)
        for _, report in objects(text)
        for name, written in report.items()
        if name not in RESERVED and (value := number(written, text=True)) is not None
    ]
    stepless = {name for name, count in Counter(m.metric for m in found if m.step == 0).items() if count > 1}
    return _numbered(found, stepless) if stepless else found


def _numbered(found: list[Measurement], stepless: set[str]) -> list[Measurement]:
    """The same measurements; those of the ``stepless`` metrics get their place among their own as the step."""
    seen: Counter[str] = Counter()
    numbered = []
    for one in found:
        step = seen[one.metric] if one.metric in stepless else one.step
        seen[one.metric] += 1
        numbered.append(Measurement(one.metric, one.value, step, one.time))
    return numbered
