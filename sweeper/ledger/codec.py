"""How values become columns and come back the same."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from sweeper.model import Value

to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
"""JSON text of plain values; made once, because ``json.dumps`` makes an encoder at each call."""

_INT64 = 2**63


def params_from_json(text: str) -> dict[str, Value]:
    """Parameters as they were: a list is a tuple."""
    return {name: _frozen(value) for name, value in json.loads(text).items()}


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def whole(number: int) -> int | str:
    """SQLite's integers end at 64 bits; longer ones are kept as text."""
    return number if -_INT64 <= number < _INT64 else str(number)


def value_column(value: float) -> float | str:
    """NaN as text: SQLite would make it NULL, and NULLs are never equal."""
    return "nan" if math.isnan(value) else float(value)


def metric_columns(value: float | None, note: str) -> tuple[float | None, str]:
    """(metric, metric_note); NaN says so in the note."""
    if value is None or value == value:
        return value, note
    return None, "nan"


def clean(text: str) -> str:
    """Text that SQLite takes: what is not valid Unicode is written as an escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def marks(count: int) -> str:
    """``?, ?, ?`` for so many values."""
    return ", ".join("?" * count)


def assignments(names: Iterable[str]) -> str:
    """``a = ?, b = ?`` for an UPDATE."""
    return ", ".join(f"{name} = ?" for name in names)
