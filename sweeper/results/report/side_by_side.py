"""Sweeps side by side as a page: the table, who is ahead, and the two curves; it loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from sweeper.results.report.assets import Assets
from sweeper.results.report.html import document

SCRIPTS = ("curves.js",)


def html(page: Mapping[str, Any], assets: Assets) -> str:
    """The whole file. ``page``: metric, order, table (header -> texts), said, budgets and curves."""
    said = "".join(f"<p>{escape(line)}</p>\n" for line in page["said"])
    by = f"{escape(page['metric'])}, {escape(page['order'])}"
    inside = f"""<header><h1>Sweeps side by side</h1><p id="ranked-by">{by}</p></header>
<main>
<section><div class="scroll">{_table(page["table"])}</div>
{said}</section>
<section><h2>Best so far, by ended trials</h2><div class="plot" id="by-trials"></div></section>
<section><h2>Best so far, by time since each launch</h2><div class="plot" id="by-hours"></div></section>
</main>
"""
    return document(f"{page['metric']}: sweeps side by side", inside, page, assets)


def _table(columns: Mapping[str, list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in zip(*columns.values(), strict=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
