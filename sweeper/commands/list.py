"""``sweeper list``: all sweeps, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sweeper.commands.shared import existing, in_words
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """A line each."""
    with existing(here) as ledger:
        rows = ledger.sweeps()
        if parsed["--json"]:
            here.show(json.dumps([_as_json(ledger, row) for row in rows]))
            return 0
        width = max((len(row.id) for row in rows), default=0)
        for row in rows:
            began = datetime.fromtimestamp(row.created).strftime("%Y-%m-%d %H:%M")
            counts = in_words(ledger.counts(row.id), row.total)
            here.show(f"{row.id:<{width}}  {began}  {row.backend}  {row.total} trials: {counts}  {row.config_path}")
    return 0


def _as_json(ledger: Ledger, row: SweepRow) -> dict[str, Any]:
    counts = ledger.counts(row.id)
    return {
        "sweep": row.id,
        "name": row.name,
        "created": row.created,
        "backend": row.backend,
        "config": row.config_path,
        "state": row.state,
        "trials": row.total,
        "states": {str(state): counts.get(state, 0) for state in State},
    }
