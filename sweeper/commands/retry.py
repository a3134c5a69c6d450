"""``sweeper retry``: run trials again that did not succeed, with the next launch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import existing
from sweeper.errors import UserError
from sweeper.ledger.rows import TrialRow
from sweeper.model import State
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings

AGAIN = frozenset({State.FAILED, State.LOST, State.CANCELLED})


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Mark the trials as due; a launcher that runs takes them at once."""
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        named = [ledger.find_trial(row.id, text) for text in parsed["<trial>"]]
        for trial in named:
            _refuse(trial)
        wanted = named or [trial for trial in ledger.trials(row.id) if trial.state in AGAIN and not trial.removed]
        with ledger.transaction():
            for trial in wanted:
                ledger.update_trial(row.id, trial.id, retry_at=time.time())
    if not wanted:
        here.say(f"{row.id}: no trial has failed, was lost or cancelled")
        return 0
    here.say(f"{row.id}: {len(wanted)} to run again; carry on with: sweeper launch {row.config_path}")
    return 0


def _refuse(trial: TrialRow) -> None:
    if trial.state not in FINAL:
        raise UserError(f"trial {trial.id} is {trial.state}", hint="cancel it first, or wait for its end")
