"""Rows of the results as a Parquet file, by whichever engine pandas finds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from sweeper.errors import UserError

ENGINES = ("pyarrow", "fastparquet")


def ready() -> None:
    """Raises UserError where pandas has nothing to write Parquet with."""
    if not any(map(find_spec, ENGINES)):
        raise UserError("--parquet: pandas needs an engine for it", hint='pip install "sweeper[parquet]"')


def as_parquet(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bytes:
    """A column for each name. One whose values are of several kinds, or lists, is text: a column has one type."""
    import pandas as pd

    table = pd.DataFrame({name: _column([row[name] for row in rows]) for name in names})
    written: bytes = table.to_parquet(None, index=False)
    return written


def _column(values: list[Any]) -> list[Any]:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} or kinds in ({str}, {bool}):
        return values
    return [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
