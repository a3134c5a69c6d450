"""What a report says of a sweep beside its trials: in short, what it cost, where it comes from."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper import __version__
from sweeper.commands.shared import duration, number, repeats_of
from sweeper.commands.status import saved_in_words
from sweeper.driver.price import price_of_an_hour
from sweeper.driver.refresh import stored
from sweeper.driver.savings import region_of
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.times import running_time
from sweeper.results.report.model import Facts
from sweeper.surroundings import Surroundings

Rows = Sequence[Mapping[str, Any]]


def facts(ledger: Ledger, row: SweepRow, rows: Rows, here: Surroundings) -> Facts:
    """Everything that is known of the sweep."""
    return Facts(
        row.id,
        row.metric,
        repeats=repeats_of(row),
        method=stored(row).method,
        begin=min((one["started"] for one in rows if one["started"] is not None), default=row.created),
        tiles=_tiles(row, rows),
        cost=_cost(ledger, row, rows, here),
        provenance=_provenance(row, here),
        config=row.config,
    )


def _tiles(row: SweepRow, rows: Rows) -> dict[str, str]:
    counts = Counter(one["state"] for one in rows)
    best = rows[0] if rows and rows[0]["rank"] else None
    what = "points" if repeats_of(row) != 1 else "trials"
    return {
        f"best {row.metric.name}": number(best["metric"]) if best else "none yet",
        **({"on the Pareto front": f"{sum(one['pareto'] for one in rows):,}"} if row.metric.more else {}),
        what: f"{len(rows):,}",
        **{state: f"{many:,}" for state, many in counts.most_common()},
    }


def _cost(ledger: Ledger, row: SweepRow, rows: Rows, here: Surroundings) -> dict[str, str]:
    seconds, jobs = running_time(ledger, row.id)
    ended = [one["ended"] for one in rows if one["ended"] is not None]
    begun = [one["started"] for one in rows if one["started"] is not None]
    cost = {
        "running time of all trials": f"{duration(seconds)} in {jobs:,} runs, every attempt counted",
        "from the first start to the last end": duration(max(ended) - min(begun)) if ended and begun else "",
        "of one run, on average": duration(seconds / jobs) if jobs else "",
        "stopped early": saved_in_words(ledger, row, here).partition(": ")[2],
    }
    price = price_of_an_hour(stored(row), region_of(row), here)
    if price is not None:
        cost["price"] = f"about {seconds / 3600 * price:.2f} USD, at {price:.4g} USD an hour"
    return {name: text for name, text in cost.items() if text}


def _provenance(row: SweepRow, here: Surroundings) -> dict[str, str]:
    found = _left(row, here)
    packages = found.pop("packages", {})
    known = {
        "sweep": row.id,
        "config": row.config_path,
        "backend": row.backend,
        "begun": _moment(row.created),
        "trainer": found.get("trainer"),
        "code (SHA-256)": row.digest or found.get("code_sha256"),
        "git commit": found.get("git_commit"),
        "Python": found.get("python"),
        "interpreter": found.get("interpreter"),
        "platform": found.get("platform"),
        "packages": ", ".join(f"{name} {version}" for name, version in packages.items()),
        "this page": f"sweeper {__version__}, {_moment(time.time())}",
    }
    return {name: str(text) for name, text in known.items() if text}


def _left(row: SweepRow, here: Surroundings) -> dict[str, Any]:
    """What the launch wrote down; nothing where the folder is gone, or was never here."""
    try:
        found = json.loads((here.home / row.id / "provenance.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
