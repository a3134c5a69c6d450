"""The files that become part of the page: its own style and scripts, and the plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from sweeper.errors import UserError
from sweeper.lean import dataclass

OURS = ("charts.js", "parallel.js", "table.js", "page.js")
"""In the order in which they run."""
LIVE = "live.js"


@dataclass(frozen=True, slots=True)
class Assets:
    """Texts to be written into the page as they are."""

    style: str
    scripts: tuple[str, ...]
    """The library last: it is large, and what is read can be shown before it."""
    live: bool = False
    """Whether the page asks its server again and again for what is new."""


def assets(names: Sequence[str] = OURS, *, live: bool = False) -> Assets:
    """Those with the scripts of these names. Raises UserError where the plotting library is not installed."""
    here = files("sweeper.results.report")
    ours = [here.joinpath(name).read_text(encoding="utf-8") for name in (*names, *([LIVE] if live else []))]
    return Assets(here.joinpath("page.css").read_text(encoding="utf-8"), (*ours, _library()), live)


def _library() -> str:
    try:
        import plotly  # only where a page is written
    except ImportError:
        raise UserError(
            "a report is drawn with plotly, which is not installed", hint="pip install 'sweeper[report]'"
        ) from None
    return files(plotly).joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
