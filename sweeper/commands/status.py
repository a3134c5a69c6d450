"""``sweeper status``: counts and states of one sweep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sweeper.commands.shared import best_in_words, carry_on, chosen, duration, existing, in_words, removed, repeats_of
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State
from sweeper.results.top import best
from sweeper.states import LIVE
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.driver.refresh import Kept


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Look, count, print."""
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        pid = look(ledger, row, here)
        if parsed["--json"]:
            here.show(json.dumps(as_json(ledger, row, here)))
            return 0
        for line in in_lines(ledger, row, pid, here):
            here.show(line)
    return 0


def look(ledger: Ledger, row: SweepRow, here: Surroundings, *, kept: Kept | None = None) -> int | None:
    """Write down what became of trials that nobody watches; the process that drives the sweep, if one does."""
    if not ledger.runs(row.id):
        return None
    from sweeper.driver.refresh import refresh  # reads the config: only where something runs

    return refresh(ledger, row, here, kept=kept)


def as_json(ledger: Ledger, row: SweepRow, here: Surroundings) -> dict[str, Any]:
    """The shape that scripts rely on."""
    counts = ledger.counts(row.id)
    winner = best(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
    return {
        "sweep": row.id,
        "name": row.name,
        "state": row.state,
        "trials": row.total,
        "states": {str(state): counts.get(state, 0) for state in State},
        "removed": removed(ledger, row.id),
        "best": winner,
        "stopped_early": _savings(ledger, row, here),
    }


def in_lines(ledger: Ledger, row: SweepRow, pid: int | None, here: Surroundings) -> list[str]:
    """The same for people."""
    counts = ledger.counts(row.id)
    gone = removed(ledger, row.id)
    lines = [f"{row.id}: {row.total} trials: {in_words(counts, row.total)}" + (f"; {gone} removed" if gone else "")]
    winner = best(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
    if winner is not None:
        lines.append(f"  {best_in_words(row, winner)}")
    if said := saved_in_words(ledger, row, here):
        lines.append(f"  {said}")
    if pid is not None:
        lines.append(f"  being run by process {pid}" if pid else "  being run by another process")
    elif sum(counts.values()) < row.total or any(map(counts.get, LIVE)) or ledger.next_due(row.id) is not None:
        lines.append(f"  no launch is running; carry on with: {carry_on(row, here)}")
    if row.note:
        lines.append(f"  {row.note}")
    return lines


def saved_in_words(ledger: Ledger, row: SweepRow, here: Surroundings) -> str:
    """What early stopping has saved on one line; empty where no trial was stopped."""
    found = _savings(ledger, row, here)
    if not found or not found["trials"]:
        return ""
    head = f"stopped early: {found['trials']} trial{'s' * (found['trials'] != 1)}"
    if found["steps"] is None:
        return f"{head}; what that saved can be told once a trial has run to its end"
    parts = [f"{found['steps']} steps saved"]
    if found["hours"] is not None:
        parts.append(f"{duration(found['hours'] * 3600)} of running time")
    if found["usd"] is not None:
        parts.append(f"{found['usd']:.2f} USD")
    return f"{head}; about {', '.join(parts)}"


def _savings(ledger: Ledger, row: SweepRow, here: Surroundings) -> dict[str, Any] | None:
    if "early_stopping" not in row.config:
        return None
    from sweeper.driver.savings import savings  # reads the config: only where it may stop trials

    return savings(ledger, row, here)
