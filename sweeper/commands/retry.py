"""``sweeper retry``: run trials again that did not succeed, with the next launch."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import carry_on, existing, is_driven
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import State
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings

AGAIN = frozenset({State.FAILED, State.LOST, State.CANCELLED})


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Mark the trials as due; a launcher that runs takes them at once."""
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        if row.is_study:
            raise UserError(
                f"the trials of {row.id} are proposed by a tuning service, which runs none of them a second time",
                hint="for more of them, raise trials: in the config and launch it again",
            )
        wanted = _wanted(ledger, row, parsed["<trial>"])
        with ledger.transaction():
            for trial in wanted:
                ledger.update_trial(row.id, trial.id, retry_at=time.time())
        if parsed["--json"]:
            here.show(json.dumps({"sweep": row.id, "trials": [trial.id for trial in wanted]}))
        if not wanted:
            here.say(f"{row.id}: no trial has failed, was lost or was cancelled")
            return 0
        driven, pid = is_driven(here, row.id)
        then = f"process {pid} takes them" if driven else f"start them with: {carry_on(row, here)}"
        here.say(f"{row.id}: {len(wanted)} to run again; {then}")
    return 0


def _wanted(ledger: Ledger, row: SweepRow, texts: list[str]) -> list[TrialRow]:
    if not texts:
        return [trial for trial in ledger.trials(row.id) if trial.state in AGAIN and not trial.removed]
    named = [ledger.find_trial(row.id, text) for text in texts]
    for trial in named:
        if trial.state not in FINAL:
            raise UserError(f"trial {trial.id} is {trial.state}", hint="cancel it first, or wait for its end")
        if trial.removed:
            raise UserError(f"trial {trial.id} was removed", hint="the config does not mean its point any more")
    return named
