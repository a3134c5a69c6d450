"""``sweeper logs``: what a trial printed."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import existing, whole
from sweeper.commands.status import look
from sweeper.driver.refresh import backend_of
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
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        trial = ledger.find_trial(row.id, parsed["<trial>"])
        job = _job(ledger, row.id, trial.id, attempt)
        backend = backend_of(row, here)
        printed = 0
        while True:
            ended = not parsed["--follow"] or job.state in FINAL
            printed = _print_from(list(backend.output(job.handle)), printed)
            if ended:
                return 0
            time.sleep(EVERY)
            look(ledger, row, here)
            job = _job(ledger, row.id, trial.id, job.attempt)


def _job(ledger: Ledger, sweep: str, trial: str, attempt: int | None) -> JobRow:
    jobs = [job for job in ledger.jobs(sweep, trial) if attempt in (None, job.attempt)]
    if not jobs:
        raise UserError(f"trial {trial} has no attempt {attempt or ''}".rstrip(), hint=f"sweeper status {sweep}")
    return jobs[-1]


def _print_from(lines: list[str], printed: int) -> int:
    for line in lines[printed:]:
        sys.stdout.write(line)
    sys.stdout.flush()
    return len(lines)
