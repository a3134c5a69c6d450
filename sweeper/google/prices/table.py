"""The price tables: the one that is shipped as data, and the user's own, which comes before it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from sweeper.errors import UserError
from sweeper.surroundings import Surroundings

SHIPPED = Path(__file__).parent / "table.json"
VARIABLE = "SWEEPER_PRICES"
EXAMPLE = '{"as_of": "2026-10-07", "machines": {"n1-standard-4": 0.22}, "accelerators": {"NVIDIA_TESLA_T4": 0.4}}'


@dataclass(frozen=True, slots=True)
class Row:
    """The price of one machine or accelerator, in US dollars an hour."""

    usd: float
    as_of: str | None
    """The day on which it was read; None where its source carries no date."""
    source: str
    read: bool = True
    """Taken from the service's own list, not worked out."""
    includes: str = ""
    """The accelerator that a machine's price has in it."""


Rows: TypeAlias = Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Table:
    """The prices of one region; None = whoever made the table did not say which."""

    region: str | None = None
    machines: Rows = field(default_factory=dict)
    accelerators: Rows = field(default_factory=dict)
    spot_machines: Rows = field(default_factory=dict)
    spot_accelerators: Rows = field(default_factory=dict)


def tables(here: Surroundings) -> tuple[Table, ...]:
    """The user's table, if there is one, before the shipped one. Raises UserError where it cannot be used."""
    shipped = parse(SHIPPED.read_text(encoding="utf-8"), name="table.json")
    given = here.environ.get(VARIABLE)
    if not given:
        return (shipped,)
    path = here.cwd / given
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UserError(f"the price table {path} cannot be read: {why}", where=VARIABLE) from None
    return parse(text, name=str(path)), shipped


def parse(text: str, *, name: str) -> Table:
    """The table that ``text`` describes, JSON; a price is a number, or a mapping with ``usd``."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UserError(f"expected JSON: {error}", where=name, hint=f"for example {EXAMPLE}") from None
    if not isinstance(found, dict):
        raise UserError("expected a mapping", where=name, hint=f"for example {EXAMPLE}")
    spot = found.get("spot") or {}
    return Table(
        found.get("region"),
        _rows(found, "machines", found, name),
        _rows(found, "accelerators", found, name),
        _rows(spot, "machines", found, name),
        _rows(spot, "accelerators", found, name),
    )


def _rows(section: Any, kind: str, whole: Mapping[str, Any], name: str) -> Rows:
    rows = section.get(kind, {}) if isinstance(section, dict) else None
    if not isinstance(rows, dict):
        raise UserError("expected a mapping of names to prices", where=name, path=kind, hint=f"for example {EXAMPLE}")
    return {key: _row(value, whole, name, f"{kind}.{key}") for key, value in rows.items()}


def _row(written: Any, whole: Mapping[str, Any], name: str, path: str) -> Row:
    given = written if isinstance(written, dict) else {"usd": written}
    usd = given.get("usd")
    if not isinstance(usd, int | float) or isinstance(usd, bool) or not 0 <= usd < math.inf:
        raise UserError(
            f"expected US dollars an hour, got {usd!r}", where=name, path=path, hint=f"for example {EXAMPLE}"
        )
    as_of = given["as_of"] if "as_of" in given else whole.get("as_of")
    source = given.get("source") or name
    return Row(float(usd), as_of, source, given.get("how", "read") == "read", given.get("includes", ""))
