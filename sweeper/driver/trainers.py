"""Where a trainer is run: by which interpreter, and with which folders on its path."""

from __future__ import annotations

from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.model import Trainer
from sweeper.surroundings import Surroundings


def interpreter(trainer: Trainer, here: Surroundings) -> str:
    """The program that runs the trials. Raises UserError where there is none."""
    if trainer.python is None:
        return here.python
    import shutil

    found = shutil.which(str(here.cwd / trainer.python) if "/" in trainer.python else trainer.python)
    if found is None:
        raise UserError(
            f"expected a Python interpreter, found none at '{trainer.python}'",
            path="trainer.python",
            hint="a path is taken from the working directory; leave it out to use sweeper's own interpreter",
        )
    return found


def with_path(trainer: Trainer, here: Surroundings) -> Trainer:
    """The trainer's folder on the path of its trials, before what is there."""
    if trainer.package is None:
        return trainer
    folder = str((here.cwd / trainer.package).resolve())
    path = ":".join(filter(None, [folder, here.python_path(trainer.env)]))
    return replace(trainer, env={**trainer.env, "PYTHONPATH": path})
