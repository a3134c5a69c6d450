"""The winner's program, to run once more on this machine with an output folder of its own."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeper.driver.refresh import stored
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow, SweepRow
from sweeper.model import Trainer
from sweeper.surroundings import Surroundings


@dataclass(frozen=True)
class Again:
    """The winner's files stay as they are."""

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    folder: str


def again(
    ledger: Ledger, row: SweepRow, winner: Mapping[str, Any], here: Surroundings, *, trainer: Trainer | None = None
) -> Again:
    """What to run, in which folder, with which variables. Raises UserError where the trial left nothing to go by.

    ``trainer`` is that of the sweep, for whoever has read the config already.
    """
    job = ledger.jobs(row.id, winner["trial"])[-1]
    if row.settings.get("place") is None:
        return _of_a_process(job)
    return _of_a_cloud_job(row, job, here, trainer or stored(row).trainer)


def as_line(again: Again) -> str:
    """A line for a shell: the folders, the variables, the program; pasted anywhere, it runs the trial again."""
    program = shlex.join(["env", *(f"{name}={text}" for name, text in again.env.items()), *again.argv])
    return f"mkdir -p {shlex.quote(again.folder)} && cd {shlex.quote(again.cwd)} && {program}"


def _of_a_process(job: JobRow) -> Again:
    attempt = Path(job.handle)
    try:
        spec = json.loads((attempt / "job.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            "the winner's folder is gone", where=str(attempt), hint="launch its sweep with --fresh"
        ) from None
    folder = spec["env"]["SWEEPER_JOB_DIR"]
    ours = _new(attempt.parent)
    env = {name: text.replace(folder, ours) for name, text in spec["env"].items()}
    env["CLOUD_ML_HP_METRIC_FILE"] = f"{ours}/hypertune.jsonl"
    return Again(tuple(word.replace(folder, ours) for word in spec["argv"]), spec["cwd"], env, ours)


def _of_a_cloud_job(row: SweepRow, job: JobRow, here: Surroundings, trainer: Trainer) -> Again:
    """The same arguments on this machine: data is read where the job read it, output stays here."""
    place = row.settings["place"]
    theirs = f"{place['bucket']}/{row.name}/{row.id}/trials/{job.trial}"
    ours = _new(here.home / row.id / job.trial)
    args = tuple(word.replace(theirs, ours) for word in job.args)
    if row.backend == "mlengine":  # the service appends it, to the trials of a study as well
        args += ("--job-dir", ours)
    env = {**trainer.env, "SWEEPER_JOB_DIR": ours, "CLOUD_ML_HP_METRIC_FILE": f"{ours}/hypertune.jsonl"}
    folder = str(here.cwd / trainer.package) if trainer.package else str(here.cwd)
    return Again((trainer.python or here.python, "-m", trainer.module, *args), folder, env, ours)


def _new(folder: Path) -> str:
    return next(name for n in range(1, 1_000_000) if not os.path.exists(name := f"{folder}/again-{n}"))
