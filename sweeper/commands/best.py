"""``sweeper best``: the winner, as something to run again or to take along."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.commands.again import Again, again, as_line
from sweeper.commands.shared import beside, chosen, existing, nobody, number, repeats_of
from sweeper.commands.status import look
from sweeper.driver.refresh import backend_of
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.table import text_of
from sweeper.results.top import best
from sweeper.results.writers import as_json
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Find it, then print, run or copy it."""
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        look(ledger, row, here)
        winner = best(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
        if winner is None:
            raise UserError(
                f"no trial of {row.id} has {nobody(row.metric)} yet", hint=f"sweeper results {row.id} says why"
            )
        if parsed["--fetch"]:
            return _fetch(ledger, row, winner, Path(parsed["--fetch"]), here, as_json=parsed["--json"])
        if parsed["--argv"] or parsed["--run"]:
            found = again(ledger, row, winner, here)
            return _run(found, here) if parsed["--run"] else _show(found, here, as_object=parsed["--json"])
        here.show(as_json(winner) if parsed["--json"] else _in_words(row, winner))
    return 0


def _in_words(row: SweepRow, winner: Mapping[str, Any]) -> str:
    values = "".join(f"\n  {name}: {text_of(value)}" for name, value in winner["params"].items())
    n = f", mean of {winner['n']} runs" if winner["n"] > 1 else ""
    others, which = beside(row.metric, winner)
    return f"{row.id}: trial {winner['trial']}, {row.metric.name} {number(winner['metric'])}{n}{others}{which}{values}"


def _show(again: Again, here: Surroundings, *, as_object: bool) -> int:
    if as_object:
        here.show(json.dumps({"cwd": again.cwd, "env": again.env, "argv": again.argv, "folder": again.folder}))
        return 0
    here.show(as_line(again))
    return 0


def _run(again: Again, here: Surroundings) -> int:
    os.makedirs(again.folder)
    here.say(shlex.join(again.argv))
    code = subprocess.run(again.argv, cwd=again.cwd, env={**here.environ, **again.env}, check=False).returncode
    here.say(f"exit code {code}; its files are in {again.folder}")
    return 1 if code else 0


def _fetch(
    ledger: Ledger, row: SweepRow, winner: Mapping[str, Any], into: Path, here: Surroundings, *, as_json: bool
) -> int:
    job = ledger.jobs(row.id, winner["trial"])[-1]
    if into.exists() and (not into.is_dir() or os.listdir(into)):
        raise UserError(f"expected a new or empty folder, there is something at {into}", hint="name another one")
    try:
        backend_of(row, here).fetch(job.handle, into)
    except FileNotFoundError:
        raise UserError(
            f"the files of trial {winner['trial']} are gone", hint="`sweeper best --run` makes them again"
        ) from None
    here.say(f"copied the output of trial {winner['trial']} to {into}")
    if as_json:
        here.show(json.dumps({"sweep": row.id, "trial": winner["trial"], "into": str(into)}))
    return 0
