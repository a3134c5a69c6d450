"""``sweeper report``: one sweep as one HTML file that opens without a network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.commands.again import again, as_line
from sweeper.commands.report_facts import facts
from sweeper.commands.shared import chosen, existing, repeats_of
from sweeper.commands.status import look
from sweeper.commands.writing import write_whole
from sweeper.driver.refresh import stored
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.report.assets import assets
from sweeper.results.report.curves import drawn
from sweeper.results.report.html import html
from sweeper.results.report.model import page
from sweeper.results.source import reported
from sweeper.results.top import top
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read the sweep, make the page, write it whole."""
    parts = assets()
    output = parsed["--output"]
    if output == "-" and parsed["--json"]:
        raise UserError("--output=- and --json: choose one")
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        look(ledger, row, here)
        rows = top(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
        lines = _lines(ledger, row, rows, here)
        measured = reported(ledger, row.id, row.metric.name, drawn(rows))
        text = html(page(facts(ledger, row, rows, here), rows, commands=lines, measured=measured), parts)
    if output == "-":
        here.show(text.rstrip("\n"))
        return 0
    name = output or f"{row.id}.html"
    write_whole(here.cwd / name, text, name)
    here.say(f"wrote {name}")
    if parsed["--json"]:
        here.show(json.dumps({"sweep": row.id, "file": name, "bytes": len(text.encode("utf-8")), "rows": len(rows)}))
    return 0


def _lines(ledger: Ledger, row: SweepRow, rows: Sequence[Mapping[str, Any]], here: Surroundings) -> list[str]:
    """What runs each trial once more, as `sweeper best --argv` has it; empty where nothing is left to go by."""
    trainer = stored(row).trainer
    lines = []
    for one in rows:
        try:
            lines.append(as_line(again(ledger, row, one, here, trainer=trainer)) if one["attempt"] else "")
        except UserError:  # `sweeper clean` has taken its folder
            lines.append("")
    return lines
