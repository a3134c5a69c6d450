"""Sweeps side by side as a page: the table, who is ahead, and the two curves; it loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from sweeper.results.report.assets import Assets
from sweeper.results.report.html import as_data, policy

SCRIPTS = ("curves.js",)


def html(page: Mapping[str, Any], assets: Assets) -> str:
    """The whole file. ``page``: metric, order, table (header -> texts), said, budgets and curves."""
    scripts = "".join(f"<script>{one}</script>\n" for one in assets.scripts)
    said = "".join(f"<p>{escape(line)}</p>\n" for line in page["said"])
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(page["metric"])}: sweeps side by side</title>
<style>{assets.style}</style>
</head>
<body>
<header><h1>Sweeps side by side</h1><p id="ranked-by">{escape(page["metric"])}, {escape(page["order"])}</p></header>
<main>
<section><div class="scroll">{_table(page["table"])}</div>
{said}</section>
<section><h2>Best so far, by ended trials</h2><div class="plot" id="by-trials"></div></section>
<section><h2>Best so far, by time since each launch</h2><div class="plot" id="by-hours"></div></section>
</main>
<script type="application/json" id="data">{as_data(page)}</script>
{scripts}</body>
</html>
"""


def _table(columns: Mapping[str, list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in zip(*columns.values(), strict=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
