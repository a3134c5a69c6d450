"""How values become columns and come back the same."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from sweeper.lean import fields
from sweeper.model import Metric, Value

to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
"""JSON text of plain values; made once, because ``json.dumps`` makes an encoder at each call."""

_INT64 = 2**63
_METRIC = tuple(field.name for field in fields(Metric))
_LATER = ("more", "where", "watched")


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


def metric_to_json(metric: Metric) -> str:
    """What a sweep is ranked by; one metric alone is written as before there could be several."""
    return to_json(_plain(metric))


def metric_from_json(text: str) -> Metric:
    """The same back, of any version: what is not there has its default, what is not known is passed over."""
    return _metric(json.loads(text))


def _plain(metric: Metric) -> dict[str, Any]:
    found = {name: getattr(metric, name) for name in _METRIC}
    found["more"] = [_plain(one) for one in metric.more]
    return {name: value for name, value in found.items() if value or name not in _LATER}


def _metric(found: dict[str, Any]) -> Metric:
    values = {name: _frozen(found[name]) for name in found.keys() & set(_METRIC)}
    return Metric(**{**values, "more": tuple(_metric(one) for one in found.get("more", ()))})


def clean(text: str) -> str:
    """Text that SQLite takes: what is not valid Unicode is written as an escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def marks(count: int) -> str:
    """``?, ?, ?`` for so many values."""
    return ", ".join("?" * count)


def assignments(names: Iterable[str]) -> str:
    """``a = ?, b = ?`` for an UPDATE."""
    return ", ".join(f"{name} = ?" for name in names)
