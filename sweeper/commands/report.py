"""``sweeper report``: one sweep as one HTML file that opens without a network, or as a page that follows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.commands.report_page import Reader
from sweeper.commands.shared import chosen, existing
from sweeper.commands.status import look
from sweeper.commands.writing import write_whole
from sweeper.errors import UserError
from sweeper.results.report.assets import assets
from sweeper.results.report.html import html
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read the sweep, make the page, write it whole."""
    if parsed["--serve"]:
        from sweeper.commands.report_serve import run as serve  # a server: only where one is asked for

        return serve(parsed, here)
    parts = assets()
    output = parsed["--output"]
    if output == "-" and parsed["--json"]:
        raise UserError("--output=- and --json: choose one")
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        look(ledger, row, here)
        model = Reader(ledger, here).model(row)
    text = html(model, parts)
    if output == "-":
        here.show(text.rstrip("\n"))
        return 0
    name = output or f"{row.id}.html"
    write_whole(here.cwd / name, text, name)
    here.say(f"wrote {name}")
    if parsed["--json"]:
        rows = len(model["columns"]["trial"])
        here.show(json.dumps({"sweep": row.id, "file": name, "bytes": len(text.encode("utf-8")), "rows": rows}))
    return 0
