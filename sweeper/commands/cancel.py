"""``sweeper cancel``: stop a sweep, or some of its trials."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import existing, in_words
from sweeper.driver.refresh import refresh
from sweeper.ledger.lock import sweep_lock
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Ask the launcher, or where there is none, do it here."""
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        trials = [ledger.find_trial(row.id, text).id for text in parsed["<trial>"]]
        with sweep_lock(here.home, row.id) as lock:
            driven = not lock.held
        if driven:
            for trial in trials or [None]:
                ledger.ask(row.id, "cancel", trial, time=time.time())
            here.say(f"{row.id}: asked the launcher (process {lock.pid}) to cancel {_what(trials)}")
            return 0
        refresh(ledger, row, here, cancel=trials or True)
        here.say(f"{row.id}: {in_words(ledger.counts(row.id), row.total)}")
    return 0


def _what(trials: list[str]) -> str:
    return f"{len(trials)} trial{'s' * (len(trials) != 1)}" if trials else "everything"
