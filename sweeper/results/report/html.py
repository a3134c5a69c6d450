"""The model of a page -> its HTML, which loads nothing and runs no script but those written here."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

from sweeper.results.report.assets import Assets
from sweeper.results.writers import strict

_SECTIONS = (
    (
        "results",
        "Results",
        '<p class="said" id="shared"></p><div id="tools"></div><div class="scroll" id="table"></div>'
        '<div id="pages"></div>',
    ),
    ("pareto", "Pareto front", '<p class="said" id="pareto-said"></p><div class="plot" id="pareto-plot"></div>'),
    ("progress", "Best so far", '<div class="plot" id="progress-plot"></div>'),
    ("curves", "Learning curves", '<p class="said" id="curves-said"></p><div class="plot" id="curves-plot"></div>'),
    (
        "parallel",
        "Parallel coordinates",
        '<p class="said">Drag along an axis to keep only the trials in between; the table follows. '
        '<span id="parallel-said"></span></p>'
        '<div class="scroll"><div id="parallel-frame"><div class="plot" id="parallel-plot"></div></div></div>'
        '<details><summary>Limits by keyboard</summary><div id="limits"></div></details>',
    ),
    (
        "importance",
        "Importance",
        '<p class="said" id="importance-said"></p><div class="plot" id="importance-plot"></div>'
        '<div id="together"><p class="said">What two of them explain only together, beyond what each does by itself; '
        'a question mark where that may be noise.</p><div class="plot" id="together-plot"></div></div>',
    ),
    ("heat", "The two most important", '<p class="said" id="heat-said"></p><div class="plot" id="heat-plot"></div>'),
    ("slices", "Slices", '<p class="said" id="slices-said"></p><div id="slices-plots"></div>'),
    ("failures", "Failures", '<div class="scroll" id="failures-table"></div>'),
    ("cost", "Cost", '<dl id="cost-list"></dl>'),
    (
        "provenance",
        "Provenance",
        '<dl id="provenance-list"></dl><details><summary>The config</summary><pre id="config"></pre></details>',
    ),
)


def html(model: Mapping[str, Any], assets: Assets, *, tag: str | None = None) -> str:
    """The whole file. Values are in it as data only: the page's scripts show them as text.

    ``tag`` names the state that ``model`` is of, on a page that is kept as the sweep is (``assets(live=True)``).
    """
    sections = "".join(
        f'<section id="{name}" aria-labelledby="{name}-head"><h2 id="{name}-head">{title}</h2>{inside}</section>\n'
        for name, title, inside in _SECTIONS
    )
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title, _ in _SECTIONS)
    live = "" if tag is None else f'<span id="live" role="status" data-tag="{escape(tag)}">Live</span>'
    icon = "" if tag is None else '<link rel="icon" href="data:,">\n'  # else a browser asks the server for one
    inside = f"""<a class="skip" href="#results">To the results</a>
<header><h1 id="title"></h1><p id="ranked-by"></p>{live}<button type="button" id="theme">Theme: system</button></header>
<nav aria-label="Sections">{links}</nav>
<main>
<div id="tiles"></div>
<p id="caveat"></p>
<p class="said" id="thinned"></p>
{sections}</main>
<noscript>This page needs JavaScript.</noscript>
"""
    return document(str(model["sweep"]), inside, model, assets, head=icon)


def document(title: str, inside: str, data: Any, assets: Assets, *, head: str = "") -> str:
    """A whole file: ``inside`` is the HTML of its body, before the data and the scripts; ``head`` more of its head."""
    scripts = "".join(f"<script>{one}</script>\n" for one in assets.scripts)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{head}<title>{escape(title)}</title>
<style>{assets.style}</style>
</head>
<body>
{inside}<script type="application/json" id="data">{as_data(data)}</script>
{scripts}</body>
</html>
"""


def as_data(value: Any) -> str:
    """JSON that cannot end the element it stands in, nor begin another. NaN and the infinities are null."""
    text = json.dumps(strict(value), allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def policy(assets: Assets) -> str:
    """No network (a live page: none but its own server), and no script but ours: each is named by its hash."""
    hashes = " ".join(f"'sha256-{_hash(one)}'" for one in assets.scripts)
    own = f"script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:"
    own += "; connect-src 'self'" if assets.live else ""
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
