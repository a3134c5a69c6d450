"""Trials that did not come to a number, grouped by why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_EXAMPLES = 3
_UNDER_WAY = ("running", "queued", "submitting")


def failures(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """State, reason, note, how many and the first trials of each group, the largest first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        if row["rank"] is None and row["state"] not in _UNDER_WAY and not row.get("violates"):
            groups.setdefault((row["state"], row["reason"], row["note"]), []).append(row["trial"])
    return [
        {"state": state, "reason": reason, "note": note, "count": len(trials), "trials": trials[:_EXAMPLES]}
        for (state, reason, note), trials in sorted(groups.items(), key=lambda one: -len(one[1]))
    ]
