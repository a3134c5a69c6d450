"""Puts a local backend together for one sweep, and decides whether its trials may start warm."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sweeper.backends.local import slots
from sweeper.backends.local.news import METRICS_EVERY, METRICS_OFTEN
from sweeper.backends.local.setting import NEVER_WARM, Setting
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.backends.local.backend import LocalBackend


def make(
    sweep: Sweep, here: Surroundings, *, parallel: int | None = None, python: str, ahead: bool = True
) -> LocalBackend:
    """The backend that a launch, or a later look at its trials, uses."""
    from sweeper.backends.local.backend import LocalBackend  # `begin` is to be fast

    return LocalBackend(_setting(sweep, here, parallel, python, ahead=ahead))


def begin(sweep: Sweep, here: Surroundings, *, parallel: int | None = None, python: str) -> None:
    """Start, before anything was checked, what takes long to start; ``ahead.drop`` ends it again."""
    from sweeper.backends.local import ahead  # whoever only looks starts nothing

    ahead.begin(_setting(sweep, here, parallel, python).order())


def _setting(sweep: Sweep, here: Surroundings, parallel: int | None, python: str, *, ahead: bool = True) -> Setting:
    return Setting(
        home=here.home,
        cwd=here.cwd,
        environ=here.environ,
        trainer=sweep.trainer,
        metric=sweep.metric,
        slots=_slots(sweep, here, parallel),
        why_cold=cold_because(sweep, python=python, ours=here.python, environ=here.environ),
        python=python,
        metrics_every=METRICS_EVERY if sweep.early_stopping is None else METRICS_OFTEN,
        ahead=ahead,
        say=here.say,
    )


def how(sweep: Sweep, here: Surroundings, *, python: str) -> str:
    """One line for people: how many trials run at once, and how they start."""
    why = cold_because(sweep, python=python, ours=here.python, environ=here.environ)
    shared = _slots(sweep, here, None)
    start = f"each from a fresh interpreter: {why}" if why else "from a parent that has imported the libraries"
    return f"{shared.count} at once, {start}"


def _slots(sweep: Sweep, here: Surroundings, parallel: int | None) -> slots.Slots:
    return slots.share_out(
        sweep.local,
        parallel=parallel or sweep.limits.parallel,
        cores=slots.cores(),
        gpus=slots.gpus(here.environ) if sweep.local.slots != "cpu" else (),
        environ=here.environ,
    )


def cold_because(
    sweep: Sweep, *, python: str, ours: str, environ: Mapping[str, str], platform: str = sys.platform
) -> str:
    """Why trials cannot be forked from a warm parent, known before one is started; empty where they can be."""
    if sweep.local.warm == "never":
        return NEVER_WARM
    if platform != "linux":
        return "warm starts need Linux"
    if os.path.abspath(python) != os.path.abspath(ours):
        return "the trainer has an interpreter of its own"
    plain = ("PYTHONPATH", "PYTHONHASHSEED")  # the keeper is started with these
    changed = [name for name in sweep.trainer.env if name.startswith(("PYTHON", "LD_")) and name not in plain]
    return f"trainer.env sets {changed[0]}" if changed else ""
