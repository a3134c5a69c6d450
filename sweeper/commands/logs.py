"""``sweeper logs``: what a trial printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import existing, whole
from sweeper.commands.status import look
from sweeper.driver.refresh import Kept, Outputs
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings

EVERY = 0.3
"""Seconds between two looks while following."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Print the log; with --follow, go on until the trial has ended."""
    attempt = whole(parsed, "--attempt")
    with existing(here) as ledger, Kept() as kept:
        row = ledger.find_sweep(parsed["<sweep>"])
        trial = ledger.find_trial(row.id, parsed["<trial>"])
        job = _job(ledger, row.id, trial.id, attempt)
        backend = kept.backend(row, here)
        printed = 0
        while True:
            ended = not parsed["--follow"] or job.state in FINAL
            text = _text(backend, job)
            if not parsed["--json"]:
                # In pieces as they come: a line may still be growing.
                sys.stdout.write(text[printed:])
                sys.stdout.flush()
                printed = len(text)
            elif ended:
                lines = text.splitlines()
                here.show(json.dumps({"sweep": row.id, "trial": trial.id, "attempt": job.attempt, "lines": lines}))
            if ended:
                return 0
            backend.wait(EVERY)
            look(ledger, row, here, kept=kept)
            job = _job(ledger, row.id, trial.id, job.attempt)


def _job(ledger: Ledger, sweep: str, trial: str, attempt: int | None) -> JobRow:
    jobs = ledger.jobs(sweep, trial)
    found = [job for job in jobs if attempt in (None, job.attempt)]
    if not found:
        had = f"it had {len(jobs)}" if jobs else "it has not started"
        raise UserError(f"trial {trial} has no attempt {attempt or ''}".rstrip(), hint=had)
    return found[-1]


def _text(backend: Outputs, job: JobRow) -> str:
    return "".join(backend.output(job.handle)) if job.handle else ""
