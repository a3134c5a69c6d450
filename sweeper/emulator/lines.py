"""What a job has printed; of a tuning job of ML Engine, what all its trials have, by their times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.ml.trials import is_tuning
from sweeper.emulator.tuning.trial import TuningTrial

Trials: TypeAlias = Callable[[Record], Sequence[TuningTrial]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    time: float
    severity: str
    text: str
    id: str
    """Unique in its job and of fixed width: clients that saw the same moment twice ask for greater ones."""
    trial: str = ""
    """The trial that printed it, where the log is that of a tuning job."""


def lines_of(keeper: Keeper, record: Record, trials: Trials) -> list[Line]:
    """All lines so far, in the order in which they were printed."""
    if not is_tuning(record):
        return list(_lines(keeper, record))
    found = [
        line
        for trial in trials(record)
        if not trial.earlier and (child := keeper.find(trial.child)) is not None
        for line in _lines(keeper, child, trial.number)
    ]
    return sorted(found, key=lambda line: (line.time, line.id))


def _lines(keeper: Keeper, record: Record, trial: int = 0) -> Iterator[Line]:
    for number, (time, severity, text) in enumerate(keeper.log(record)):
        place = f"{trial:06d}{number:012d}" if trial else f"{number:012d}"
        yield Line(time, severity, text, place, str(trial) if trial else "")
