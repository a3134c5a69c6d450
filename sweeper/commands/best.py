"""``sweeper best``: the winner, as something to run again or to take along."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.commands.shared import chosen, existing, number, repeats_of
from sweeper.commands.status import look
from sweeper.driver.refresh import backend_of
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
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
            raise UserError(f"{row.id} has no trial that reported {row.metric.name}", hint=f"sweeper results {row.id}")
        if parsed["--fetch"]:
            return _fetch(ledger, row, winner, Path(parsed["--fetch"]), here)
        if parsed["--argv"] or parsed["--run"]:
            spec = _spec(ledger, row, winner)
            return _run(spec, here) if parsed["--run"] else _show(spec, here, as_list=parsed["--json"])
        here.show(as_json(winner) if parsed["--json"] else _in_words(row, winner))
    return 0


def _in_words(row: SweepRow, winner: Mapping[str, Any]) -> str:
    values = "\n".join(f"  {name}: {value}" for name, value in winner["params"].items())
    n = f", mean of {winner['n']} runs" if winner["n"] > 1 else ""
    return f"{row.id}: trial {winner['trial']}, {row.metric.name} {number(winner['metric'])}{n}\n{values}"


def _spec(ledger: Ledger, row: SweepRow, winner: Mapping[str, Any]) -> dict[str, Any]:
    job = ledger.jobs(row.id, winner["trial"])[-1]
    spec: dict[str, Any] = json.loads((Path(job.handle) / "job.json").read_text())
    return spec


def _show(spec: Mapping[str, Any], here: Surroundings, *, as_list: bool) -> int:
    """A line for a shell: the folder, the variables, the program; pasted anywhere, it runs the trial again."""
    if as_list:
        here.show(json.dumps({"cwd": spec["cwd"], "env": spec["env"], "argv": spec["argv"]}))
        return 0
    variables = [f"{name}={value}" for name, value in spec["env"].items()]
    here.show(f"cd {shlex.quote(spec['cwd'])} && {shlex.join(['env', *variables, *_elsewhere(spec)])}")
    return 0


def _elsewhere(spec: Mapping[str, Any]) -> list[str]:
    """The trial's argv with its output folder replaced: the winner's own files stay as they are."""
    folder = spec["env"]["SWEEPER_JOB_DIR"]
    again = f"{folder}-again"
    return [word.replace(folder, again) for word in spec["argv"]]


def _run(spec: Mapping[str, Any], here: Surroundings) -> int:
    argv = _elsewhere(spec)
    here.say(shlex.join(argv))
    metrics = f"{spec['env']['SWEEPER_JOB_DIR']}-again.hypertune.jsonl"
    env = {**here.environ, **spec["env"], "CLOUD_ML_HP_METRIC_FILE": metrics}
    code = subprocess.run(argv, cwd=spec["cwd"], env=env, check=False).returncode
    return 1 if code else 0


def _fetch(ledger: Ledger, row: SweepRow, winner: Mapping[str, Any], into: Path, here: Surroundings) -> int:
    job = ledger.jobs(row.id, winner["trial"])[-1]
    if into.exists() and os.listdir(into):
        raise UserError(f"expected a new or empty folder, {into} holds files", hint="name another one")
    backend_of(row, here).fetch(job.handle, into)
    here.say(f"copied the output of trial {winner['trial']} to {into}")
    return 0
