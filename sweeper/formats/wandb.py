"""Weights & Biases: an offline run for each trial, which ``wandb sync`` uploads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sweeper.formats.finished import Finished, Study, about, curves, ranked_by, scalar
from sweeper.model import State

LETTERS = 128
"""That a name, an id or a group may have."""


def write(study: Study, trials: Iterable[Finished], target: Path, done: Callable[[], None]) -> None:
    """A folder of run folders. A run's id is made of the sweep's and the trial's: to upload twice makes no second one.

    No key is asked for and nothing is sent; the process must have WANDB_ERROR_REPORTING=false, which no setting says.
    """
    import wandb

    target.mkdir()
    for trial in trials:
        run = wandb.init(
            project=_name(study.name),
            group=study.id[:LETTERS],
            name=trial.id,
            id=_name(f"{study.id}-{trial.id}"),
            config={name: scalar(value) for name, value in trial.params.items()},
            notes=trial.note or None,
            tags=[str(trial.reason or trial.state)],
            settings=_settings(trial, target),
        )
        for step, row in _rows(trial).items():
            run.log(row, step=step)
        run.summary.update({f"sweeper/{name}": value for name, value in {**about(trial), **_times(trial)}.items()})
        run.summary.update(ranked_by(trial, study.metric))
        run.finish(exit_code=int(trial.state is not State.SUCCEEDED))
        done()
    _tidy(target)


def _tidy(target: Path) -> None:
    """Away with links into the folder that this process worked in, which somebody else will move."""
    for path in [one for one in target.rglob("*") if one.is_symlink()]:
        path.unlink()


def _settings(trial: Finished, target: Path) -> Any:
    """Nothing of this process, which is not the one that trained, is recorded."""
    import wandb

    return wandb.Settings(
        mode="offline",
        root_dir=str(target),
        console="off",
        silent=True,
        disable_git=True,
        disable_code=True,
        save_code=False,
        x_disable_meta=True,
        x_disable_stats=True,
        x_disable_machine_info=True,
        x_save_requirements=False,
    )


def _rows(trial: Finished) -> dict[int, dict[str, float]]:
    """Step -> every metric that was reported there, by step: W&B takes no step after a later one."""
    rows: dict[int, dict[str, float]] = {}
    for name, curve in curves(trial).items():
        for step, one in curve.items():
            time = {"_timestamp": one.time} if one.time else {}
            rows.setdefault(max(0, step), {}).update({**time, name: one.value})
    return dict(sorted(rows.items()))


def _times(trial: Finished) -> dict[str, float]:
    """Beside W&B's own, which are those of this export."""
    return {"started": trial.begin, "seconds": trial.end - trial.begin}


def _name(text: str) -> str:
    """Without what W&B refuses in ids and projects."""
    return re.sub(r"[^\w\-.]", "-", text)[-LETTERS:]
