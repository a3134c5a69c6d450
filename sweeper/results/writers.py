"""Rows of the results for programs: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.results.columns import (
    AFTER,
    BEFORE,
    NUMBERS,
    column_names,
    judged_of,
    metric_columns,
    parameters,
    values_of,
)

READABLE = 1000
"""Rows that a person may want to read as JSON."""
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, check_circular=False)


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The columns of the DataFrame, ``std`` always among them. What is absent is empty; lists are JSON."""
    return flat_csv(flat(rows), flat_names(rows))


def flat_names(rows: Sequence[Mapping[str, Any]], more: Sequence[str] = ()) -> list[str]:
    """The columns of these rows as a flat table; ``more`` of ours come last."""
    params, metrics = _names(rows)
    numbers, after = AFTER[:NUMBERS], AFTER[NUMBERS:]
    return [*BEFORE, *params.values(), *numbers, *metrics.values(), *after, *judged_of(rows), *more]


def flat(rows: Sequence[Mapping[str, Any]], more: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The rows with the parameters among the other columns."""
    params, metrics = _names(rows)
    judged = judged_of(rows)
    return [
        {column: row["params"].get(name) for name, column in params.items()}
        | {column: row.get("values", {}).get(name) for name, column in metrics.items()}
        | {name: _joined(row.get(name)) for name in judged}
        | {name: row[name] for name in (*BEFORE, *AFTER, *more)}
        for row in rows
    ]


def _names(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """Parameter -> column, metric -> column."""
    params = column_names(parameters([row["params"] for row in rows]), judged_of(rows))
    return params, metric_columns(values_of(rows), params.values())


def _joined(value: Any) -> Any:
    """Conditions as one text."""
    return " and ".join(value) if isinstance(value, list) else value


def flat_csv(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """These columns of flat rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_plain(row[name]) for name in names] for row in rows)
    return text.getvalue()


def as_json(rows: Any) -> str:
    """Strict JSON: a number that JSON cannot write (NaN, an infinity) is null, wherever it is."""
    if not isinstance(rows, list) or len(rows) <= READABLE:
        return json.dumps(strict(rows), allow_nan=False, ensure_ascii=False, indent=2)
    # A line each, one by one: the encoder that indents takes seven times as long, and all at once twice the memory.
    return "[\n  " + ",\n  ".join(map(_on_a_line, rows)) + "\n]"


def _on_a_line(value: Any) -> str:
    try:
        return _ENCODER.encode(value)
    except ValueError:  # a NaN or an infinity is in it
        return _ENCODER.encode(strict(value))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | float) else json.dumps(value)


def strict(value: Any) -> Any:
    """The same with null for every number that JSON cannot write."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: strict(one) for name, one in value.items()}
        case list() | tuple():
            return [strict(one) for one in value]
        case _:
            return value
