"""Measured points from a CSV file, as ``sweeper results --csv`` writes it, or any other with a column for each name."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from sweeper.errors import UserError
from sweeper.model import Point, Sweep, Value
from sweeper.space.written import Written

PARAM = "param_"
"""What ``sweeper results`` puts before a parameter that is called like one of its own columns."""


def of_csv(path: Path, sweep: Sweep) -> Iterator[tuple[Point, float]]:
    """The rows that have a number for the sweep's metric. Raises UserError where the file cannot be read as such."""
    try:
        rows = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path}: {error}", where=sweep.path, path="warm_start") from None
    columns = list(rows.fieldnames or ())
    metric = next((name for name in (sweep.metric.name, "metric") if name in columns), None)
    if metric is None:
        hint = f"its columns are {', '.join(columns)}; what `sweeper results --csv` writes will do"
        raise UserError(f"{path} has no column {sweep.metric.name}", where=sweep.path, path="warm_start", hint=hint)
    written = Written(sweep.space)
    for row in rows:
        value = _number(row[metric])
        if value is not None:
            yield _point(row, written), value


def _point(row: Mapping[str, str | None], written: Written) -> Point:
    """What is not a value of its parameter stays text, which no space contains."""
    found: dict[str, Value] = {}
    for name in written.names:
        text = row.get(PARAM + name) or row.get(name)
        if text:
            try:
                found[name] = written.value(name, text)
            except ValueError:
                found[name] = text
    return found


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
