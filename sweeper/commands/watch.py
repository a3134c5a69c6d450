"""``sweeper watch``: the status, again and again, until the sweep rests."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import chosen, existing, in_words
from sweeper.commands.status import in_lines, look
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.model import State
from sweeper.surroundings import Surroundings

EVERY = 0.5
"""Seconds between two looks."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Find the sweep, follow it."""
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        return follow(ledger, row.id, here)


def follow(ledger: Ledger, sweep_id: str, here: Surroundings) -> int:
    """Print what changes until nobody drives the sweep and nothing runs; 0 if all trials succeeded."""
    said = ""
    while True:
        row = ledger.sweep(sweep_id)
        assert row is not None
        driven = _is_driven(here, sweep_id)
        if not driven:
            look(ledger, row, here)
        counts = ledger.counts(sweep_id)
        text = in_words(counts, row.total)
        if text != said:
            said = text
            here.say(text)
        if not driven and not ledger.live_jobs(sweep_id):
            for line in in_lines(ledger, row, None):
                here.show(line)
            return 0 if counts.get(State.SUCCEEDED, 0) == row.total else 1
        time.sleep(EVERY)


def _is_driven(here: Surroundings, sweep_id: str) -> bool:
    with sweep_lock(here.home, sweep_id) as lock:
        return not lock.held
