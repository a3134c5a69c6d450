"""``sweeper cancel``: stop a sweep, or some of its trials."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import existing, in_words, is_driven
from sweeper.driver.refresh import refresh
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Ask the launcher, or where there is none, do it here."""
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        if row.is_study and parsed["<trial>"]:
            raise UserError(
                "a tuning service cannot stop a single trial of its study",
                hint=f"sweeper cancel {row.id} stops all; the next launch asks for the trials that are missing",
            )
        named = [ledger.find_trial(row.id, text) for text in parsed["<trial>"]]
        live = [trial.id for trial in named if trial.state not in FINAL]
        for trial in named:
            if trial.state in FINAL:
                _leave_ended(ledger, row, trial, here)
        asked = stop(ledger, row, live, here) if live or not named else False
        if parsed["--json"]:
            here.show(json.dumps({"sweep": row.id, "trials": live if named else None, "asked": asked}))
    return 0


def _leave_ended(ledger: Ledger, row: SweepRow, trial: TrialRow, here: Surroundings) -> None:
    """It cannot be stopped any more, but it need not be tried again."""
    also = "; it is not run again" if trial.retry_at is not None else ""
    ledger.update_trial(row.id, trial.id, retry_at=None)
    here.say(f"trial {trial.id} has ended: {trial.state}{also}")


def stop(ledger: Ledger, row: SweepRow, trials: list[str], here: Surroundings) -> bool:
    """Stop these trials, or all if none is named. True where a launcher was asked, False where it has been done."""
    driven, pid = is_driven(here, row.id)
    if driven:
        wanted: list[str | None] = [*trials] or [None]
        for trial in wanted:
            ledger.ask(row.id, "cancel", trial, time=time.time())
        here.say(f"{row.id}: asked the launch that runs it (process {pid}) to cancel {_what(trials)}")
        return True
    if not ledger.runs(row.id):
        here.say(f"{row.id}: nothing runs")
        return False
    refresh(ledger, row, here, cancel=trials or True)
    here.say(f"{row.id}: {in_words(ledger.counts(row.id), row.total)}")
    return False


def _what(trials: list[str]) -> str:
    return f"{len(trials)} trial{'s' * (len(trials) != 1)}" if trials else "everything"
