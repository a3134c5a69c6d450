"""What one launcher has seen of its sweep, for whoever shows it."""

from __future__ import annotations

from sweeper.backends.protocol import Unavailable
from sweeper.lean import dataclass, field
from sweeper.ledger.rows import JobRow
from sweeper.model import Observation


@dataclass
class Tally:
    """Counts of this launch, and why something is not going on."""

    ended: int = 0
    best: float | None = None
    best_trial: str = ""
    failed: list[tuple[str, Observation]] = field(default_factory=list)
    """The last few failures of this launch, newest last."""
    halted: str = ""
    """Why the sweep was stopped as a whole."""
    spent: float = 0.0
    """Seconds that the jobs which ended have run; where they are limited, those of earlier launches as well."""
    ran: int = 0
    """Those jobs."""
    barred: str = ""
    """What a person has to mend before this can go on."""
    unranked: str = ""
    """The first trial that succeeded without the metric, before any had it, and what it did report."""
    trouble: str = ""
    """What is being done about what keeps the backend from going on, and what that is; as of the last pass."""


@dataclass
class Flight:
    """What the parts of a pass share. It is a copy of what the ledger says, and can be made again from it."""

    live: dict[str, JobRow] = field(default_factory=dict)
    """Jobs that have not ended, by trial: a trial has one at most."""
    tally: Tally = field(default_factory=Tally)
    full: bool = False
    """The backend has no room for more before a job ends."""
    stopping: bool = False
    """Nothing new is started: ^C, a request to cancel, a systematic failure."""


def seconds_run(job: JobRow, now: float) -> float:
    """How long the job ran, or has been running."""
    return max(0.0, (job.ended or now) - job.started) if job.started else 0.0


def in_words(why: Unavailable) -> str:
    """What is done about it, and what it is; empty where that is not worth a word."""
    return f"{why.meanwhile}: {why}" if why.meanwhile else ""
