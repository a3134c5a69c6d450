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
from sweeper.lean import dataclass
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.report.assets import Assets, assets
from sweeper.results.report.curves import drawn
from sweeper.results.report.html import html
from sweeper.results.report.model import page
from sweeper.results.source import reported
from sweeper.results.top import top
from sweeper.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Made:
    """A page, and how many rows its table has."""

    text: str
    rows: int


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read the sweep, make the page, write it whole."""
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
    rows = top(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
    lines = _lines(ledger, row, rows, here)
    measured = reported(ledger, row.id, row.metric.name, drawn(rows))
    text = html(page(facts(ledger, row, rows, here), rows, commands=lines, measured=measured), parts)
    return Made(text, len(rows))


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
