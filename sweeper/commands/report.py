"""``sweeper report``: one sweep as one HTML file that opens without a network, or as a page that follows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.commands.reporting.page import Reader
from sweeper.commands.shared import chosen, existing
from sweeper.commands.status import look
from sweeper.commands.writing import write_whole
from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.report.assets import Assets, assets
from sweeper.results.report.html import html
from sweeper.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Made:
    """A page, and how many rows its table has."""

    text: str
    rows: int


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read the sweep, make the page, write it whole."""
    if parsed["--serve"]:
        from sweeper.commands.reporting.serve import run as serve  # a server: only where one is asked for

        return serve(parsed, here)
    parts = assets()
    output = parsed["--output"]
    if output == "-" and parsed["--json"]:
        raise UserError("--output=- and --json: choose one")
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        look(ledger, row, here)
        made = page_of(ledger, row, here, parts)
    if output == "-":
        here.show(made.text.rstrip("\n"))
        return 0
    name = output or f"{row.id}.html"
    write_whole(here.cwd / name, made.text, name)
    here.say(f"wrote {name}")
    if parsed["--json"]:
        size = len(made.text.encode("utf-8"))
        here.show(json.dumps({"sweep": row.id, "file": name, "bytes": size, "rows": made.rows}))
    return 0


def page_of(ledger: Ledger, row: SweepRow, here: Surroundings, parts: Assets | None = None) -> Made:
    """The whole page of a sweep. Raises UserError where the library that draws is missing."""
    parts = parts or assets()
    model = Reader(ledger, here).model(row)
    return Made(html(model, parts), len(model["columns"]["trial"]))
