"""``sweeper clean``: give disk back; the ledger and the best trials' files stay."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sweeper.commands.shared import existing, repeats_of, whole
from sweeper.errors import UserError
from sweeper.ledger.lock import sweep_lock
from sweeper.results.top import top
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Delete the output folders of all ended trials but the best k; logs, argvs and records stay."""
    keep = whole(parsed, "--keep", least=0)
    assert keep is not None
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        with sweep_lock(here.home, row.id) as lock:
            if not lock.held:
                raise UserError(f"{row.id} is being run by process {lock.pid}", hint="cancel it first")
            if ledger.live_jobs(row.id):
                raise UserError(f"trials of {row.id} still run", hint=f"sweeper cancel {row.id}")
            rows = top(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
            kept = {one["point"] for one in rows[:keep] if one["rank"]}
            folders = list(_outputs(here.home / row.id, {t.id for t in ledger.trials(row.id) if t.point in kept}))
            size = sum(_size(folder) for folder in folders)
            what = f"{len(folders)} output folders, {_megabytes(size)}; the best {len(kept)} stay"
            if not parsed["--yes"]:
                here.show(f"would delete {what}\nsay --yes to do it")
                return 0
            for folder in folders:
                shutil.rmtree(folder)
            here.say(f"deleted {what}")
    return 0


def _outputs(folder: Path, kept: set[str]) -> Iterator[Path]:
    for trial in sorted(folder.iterdir()):
        for name in ("output", "output-again"):
            if trial.name not in kept and (trial / name).is_dir() and not (trial / name).is_symlink():
                yield trial / name


def _size(folder: Path) -> int:
    return sum(os.lstat(Path(base) / name).st_size for base, _, names in os.walk(folder) for name in names)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
