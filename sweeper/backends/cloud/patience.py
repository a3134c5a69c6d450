"""How long to wait for what: one set of numbers for Google's own services, one for an emulator on this machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """All in seconds."""

    list_lag: float = 30.0
    """A job that no list shows so long after its creation was asked for was not created."""
    looks: float = 1.0
    """Between the first two looks for it; the pause doubles."""
    first: float = 1.0
    """Between two rounds of polling while something happens."""
    longest: float = 30.0
    """The same while nothing does."""
    request: float = 0.5
    """What one request of a round adds to the pause after it: 120 a minute at most, of the 600 that are allowed."""
    young: float = 10.0
    """A job that this process has just created is not asked for by itself, though the list does not show it yet."""
    metrics: float = 20.0
    """Between two readings of the metrics of jobs that run."""
    log_lag: float = 10.0
    """What a job printed last may arrive so late."""
    hold: float = 60.0
    """How long the queue is held when the project's quota is used up and no job ends; it doubles."""
    longest_hold: float = 900.0
    unreachable: float = 5.0
    """Until a service that did not answer is asked again."""
    barred: float = 120.0
    """A refusal that a person would have to mend is not believed before so long, where calls have worked before."""


GOOGLE = Patience()
EMULATOR = Patience(
    list_lag=3.0,
    looks=0.1,
    first=0.1,
    longest=2.0,
    request=0.01,
    young=0.3,
    metrics=1.0,
    log_lag=0.0,
    hold=2.0,
    longest_hold=10.0,
    unreachable=1.0,
    barred=3.0,
)
