"""What a hook is told: of a sweep that has ended, and of a trial that has failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import State
from sweeper.results.top import best


def facts(
    ledger: Ledger, row: SweepRow, *, event: str, key: str, status: str, reason: str, failed: TrialRow | None = None
) -> dict[str, Any]:
    """The object that a hook gets; ``id`` is the same where the same thing is told once more."""
    counts = ledger.counts(row.id)
    found: dict[str, Any] = {
        "id": f"{row.id}:{event}:{key}",
        "event": event,
        "sweep": row.id,
        "name": row.name,
        "status": status,
        "reason": reason,
        "config": row.config_path,
        "backend": row.backend,
        "metric": row.metric.name,
        "trials": row.total,
        "states": {str(state): counts.get(state, 0) for state in State},
        "best": best(ledger, row.id, metric=row.metric, repeats=int(row.settings.get("repeats", 1))),
    }
    if failed is not None:
        found["failed"] = {"trial": failed.id, "params": dict(failed.params), "reason": str(failed.reason)}
        found["failed"] |= {"code": failed.code, "note": failed.note, "attempt": failed.attempt}
    return found


def variables(found: Mapping[str, Any]) -> dict[str, str]:
    """The same, as far as it fits into environment variables."""
    winner, states = found["best"], found["states"]
    return {
        "SWEEPER_EVENT": found["event"],
        "SWEEPER_SWEEP": found["sweep"],
        "SWEEPER_STATUS": found["status"],
        "SWEEPER_REASON": found["reason"].replace("\0", ""),
        "SWEEPER_METRIC": found["metric"],
        "SWEEPER_BEST": "" if winner is None else repr(winner["metric"]),
        "SWEEPER_BEST_TRIAL": "" if winner is None else winner["trial"],
        "SWEEPER_SUCCEEDED": str(states["succeeded"]),
        "SWEEPER_FAILED": str(states["failed"] + states["lost"]),
        **({"SWEEPER_TRIAL": found["failed"]["trial"]} if "failed" in found else {}),
    }
