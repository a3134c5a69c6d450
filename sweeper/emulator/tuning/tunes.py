"""How the tuning jobs of one service differ from those of the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sweeper.emulator.jobs.record import Record
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.trial import TuningTrial


@dataclass(frozen=True, slots=True)
class Tunes:
    """One service's tuning jobs."""

    collection: str
    """The last part of the name of the collection that they are in: ``jobs``."""
    takes: Callable[[Record], bool]
    """Whether a job of that collection is a tuning job."""
    spec: Callable[[Record], Spec]
    child: Callable[[Record, str, TuningTrial], Record]
    """(tuning job, its project's id, trial) -> the job that runs the trial."""
