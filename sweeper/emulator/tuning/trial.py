"""One trial of a study as the emulator keeps it, in no service's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sweeper.emulator.tuning.spec import Param


class TrialState(StrEnum):
    """Where a trial is; Vertex has these very words. Stored in lower case."""

    REQUESTED = "requested"
    ACTIVE = "active"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    INFEASIBLE = "infeasible"


OVER = frozenset({TrialState.SUCCEEDED, TrialState.INFEASIBLE})


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a trial reported at one step."""

    step: int
    seconds: float
    """Since the trial's start."""
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TuningTrial:
    """Times are microseconds, set when they are known."""

    study: str
    """The tuning job's full name."""
    number: int
    """From 1; a study that goes on from an earlier one counts on."""
    params: Mapping[str, Param]
    """What is appended to its command line; parameters whose condition does not hold are absent."""
    state: TrialState
    created: int
    child: str = ""
    """Full name of the job that runs it."""
    started: int | None = None
    ended: int | None = None
    measurements: tuple[Measurement, ...] = ()
    """Ascending by step."""
    final: Measurement | None = None
    stopped_early: bool = False
    reason: str = ""
    """Why it is infeasible."""
    earlier: bool = field(default=False)
    """Taken over from an earlier study: it was not run by this one."""
