"""``sweeper results``: the ranked table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import chosen, existing, repeats_of, whole
from sweeper.commands.status import look
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.table import as_table
from sweeper.results.top import top
from sweeper.results.writers import as_csv, as_json
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """One ranking for each sweep that is named; of the newest, if none is."""
    if parsed["--csv"] and parsed["--json"]:
        raise UserError("--csv and --json: choose one")
    n = whole(parsed, "--top")
    with existing(here) as ledger:
        sweeps = [chosen(ledger, name, here) for name in parsed["<sweep>"] or [None]]
        tables = [(row, _rows(ledger, row, n, here)) for row in sweeps]
    rows = [{"sweep": row.id, **one} if len(sweeps) > 1 else one for row, found in tables for one in found]
    if parsed["--json"]:
        here.show(as_json(rows))
    elif parsed["--csv"]:
        here.show(as_csv(rows).rstrip("\n"))
    else:
        here.show("\n\n".join(_text(row, found) for row, found in tables))
    return 0


def _rows(ledger: Ledger, row: SweepRow, n: int | None, here: Surroundings) -> list[dict[str, Any]]:
    look(ledger, row, here)
    return top(ledger, row.id, metric=row.metric, repeats=repeats_of(row), n=n)


def _text(row: SweepRow, rows: list[dict[str, Any]]) -> str:
    return as_table(rows, sweep=row.id, metric=row.metric, repeats=repeats_of(row))
