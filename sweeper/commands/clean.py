"""``sweeper clean``: give disk back; the ledger and the best trials' files stay."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sweeper.commands.outputs import Output, outputs_in_bucket
from sweeper.commands.shared import existing, repeats_of, whole
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.ledger.rows import SweepRow
from sweeper.results.top import top
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Delete the output folders of all trials but the best k, or the Pareto front; logs, argvs and records stay."""
    keep = whole(parsed, "--keep", least=0)
    with existing(here) as ledger:
        row = ledger.find_sweep(parsed["<sweep>"])
        with sweep_lock(here.home, row.id) as lock:
            if not lock.held:
                raise UserError(f"{row.id} is being run by process {lock.pid}", hint=f"sweeper cancel {row.id}")
            if ledger.runs(row.id):
                raise UserError(f"trials of {row.id} still run", hint=f"sweeper cancel {row.id}")
            _clean(ledger, row, here, keep=keep, yes=parsed["--yes"], as_json=parsed["--json"])
    return 0


def _clean(ledger: Ledger, row: SweepRow, here: Surroundings, *, keep: int | None, yes: bool, as_json: bool) -> None:
    points = _best(ledger, row, keep)
    kept = {trial.id for trial in ledger.trials(row.id) if trial.point in points}
    in_bucket = row.settings.get("place") is not None
    folders = outputs_in_bucket(row, kept, here) if in_bucket else list(_folders(here.home / row.id, kept))
    size = sum(folder.size for folder in folders)
    count = f"{len(folders)} output folder{'s' * (len(folders) != 1)}"
    what = f"{count}, {size / 1e6:.1f} MB; those of the best {len(points)} stay"
    for folder in folders if yes else ():
        folder.delete()
    here.say(f"deleted {what}" if yes else f"this would delete {what}\n  say --yes to do it")
    if as_json:
        here.show(
            json.dumps({"sweep": row.id, "folders": len(folders), "bytes": size, "kept": len(points), "deleted": yes})
        )


def _best(ledger: Ledger, row: SweepRow, keep: int | None) -> set[str]:
    """Points whose files stay: the first ``keep``; if nobody said how many, the winner, or of several objectives the
    whole front, since none of it is better than the rest.
    """
    front = keep is None and bool(row.metric.more)
    many = None if front else 1 if keep is None else keep
    rows = top(ledger, row.id, metric=row.metric, repeats=repeats_of(row), n=many)
    return {one["point"] for one in rows if (one["pareto"] if front else one["rank"])}


def _folders(folder: Path, kept: set[str]) -> Iterator[Output]:
    for one in _outputs(folder, kept):
        yield Output(_size(one), partial(shutil.rmtree, one))


def _outputs(folder: Path, kept: set[str]) -> Iterator[Path]:
    """Output folders of trials, and those that ``sweeper best`` made for running one again."""
    for trial in sorted(folder.iterdir()):
        if trial.name in kept or not trial.is_dir():
            continue
        for inside in sorted(trial.iterdir()):
            name, is_folder = inside.name, inside.is_dir() and not inside.is_symlink()
            if is_folder and (name == "output" or name.startswith("again-")):
                yield inside


def _size(folder: Path) -> int:
    return sum(os.lstat(Path(base) / name).st_size for base, _, names in os.walk(folder) for name in names)
