"""``sweeper watch``: the status, again and again, until the sweep rests."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.line import line_on
from sweeper.commands.shared import chosen, existing, in_words, is_driven
from sweeper.commands.status import as_json, in_lines, look
from sweeper.driver.refresh import Kept
from sweeper.ledger.ledger import Ledger
from sweeper.model import State
from sweeper.surroundings import Surroundings

EVERY = 0.5
"""Seconds between two looks."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Find the sweep, follow it."""
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        return follow(ledger, row.id, here, as_object=parsed["--json"])


def follow(ledger: Ledger, sweep_id: str, here: Surroundings, *, as_object: bool = False) -> int:
    """Show what changes until nobody runs the sweep and no trial is left running; 0 if all trials succeeded."""
    with line_on(here) as line, Kept() as kept:
        while True:
            row = ledger.sweep(sweep_id)
            assert row is not None
            driven, _ = is_driven(here, sweep_id)
            if not driven:
                look(ledger, row, here, kept=kept)
            counts = ledger.counts(sweep_id)
            line.say(f"{row.id}: {in_words(counts, row.total)}")
            if not driven and not ledger.runs(sweep_id):
                break
            time.sleep(EVERY)
    row = ledger.sweep(sweep_id)
    assert row is not None
    here.show(json.dumps(as_json(ledger, row, here)) if as_object else "\n".join(in_lines(ledger, row, None, here)))
    return 0 if counts.get(State.SUCCEEDED, 0) == row.total else 1
