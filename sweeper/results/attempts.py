"""The attempts that a trial had before its newest one, as rows of the results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sweeper.results.source import Source

_EARLIER = (
    "SELECT trial, attempt, state, reason, args, started, ended, note FROM earlier_jobs WHERE sweep = ?"
    " ORDER BY trial, attempt DESC"
)


def with_attempts(source: Source, sweep: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, one a trial, each followed by its earlier attempts, the newest first.

    An earlier attempt has no rank and no number: what it measured before it ended counts for nothing.
    """
    earlier: dict[str, list[tuple[Any, ...]]] = {}
    for trial, *attempt in source.select(_EARLIER, (sweep,)):
        earlier.setdefault(trial, []).append(tuple(attempt))
    return [one for row in rows for one in (row, *(_row(row, *past) for past in earlier.get(row["trial"], ())))]


def _row(
    trial: dict[str, Any],
    attempt: int,
    state: str,
    reason: str,
    args: str,
    started: float | None,
    ended: float | None,
    note: str,
) -> dict[str, Any]:
    return {
        **trial,
        "rank": None,
        "state": state,
        "reason": reason,
        "metric": None,
        "metrics": {},
        "n": 0,
        "argv": json.loads(args),
        "attempt": attempt,
        "started": started,
        "ended": ended,
        "seconds": None if started is None or ended is None else ended - started,
        "note": note or reason or state,
        "digest": "",  # the ledger keeps that of the newest attempt
        **({"values": dict.fromkeys(trial["values"]), "violates": []} if "values" in trial else {}),
        **({"front": None, "pareto": False} if "front" in trial else {}),
    }
