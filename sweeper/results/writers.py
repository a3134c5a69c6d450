"""Rows of the results for programs: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.results.columns import AFTER, BEFORE, column_names, parameters


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The columns of the DataFrame, ``std`` always among them. What is absent is empty; lists are JSON."""
    columns = column_names(parameters([row["params"] for row in rows]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*BEFORE, *columns.values(), *AFTER])
    for row in rows:
        params = [_plain(row["params"].get(name)) for name in columns]
        writer.writerow([*(row[name] for name in BEFORE), *params, *(row[name] for name in AFTER)])
    return text.getvalue()


def as_json(rows: Any) -> str:
    """Strict JSON: a number that JSON cannot write (NaN, an infinity) is null, wherever it is."""
    return json.dumps(strict(rows), allow_nan=False, ensure_ascii=False, indent=2)


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
