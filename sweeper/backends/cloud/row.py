"""One job as a service has it, in words that both services share."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.model import State
from sweeper.states import FINAL


@dataclass(frozen=True, slots=True)
class Row:
    """What one answer of a service says about a job."""

    handle: str
    sweep: str
    """The label's value, as are ``trial`` and ``package``; empty where the job is not one of ours."""
    trial: str
    attempt: int
    package: str
    state: State | None
    """SUCCEEDED, FAILED and CANCELLED as the service says it; None for a word that is not in its table."""
    created: float
    ending: bool = False
    """It was asked to stop, and has not confirmed it."""
    started: float | None = None
    ended: float | None = None
    error: int | None = None
    """The error's ``google.rpc.Code``, where the service has one."""
    message: str = ""
    """What the service says of a job that failed."""
    folder: str = ""
    """The trial's output folder, without a slash at its end."""
    args: tuple[str, ...] = ()
    limit: float | None = None
    """Seconds that the job may run."""
    wait: float | None = None
    """Seconds that the job may wait before it runs."""
    spot: bool = False

    @property
    def over(self) -> bool:
        """Nothing more will become of it."""
        return self.state in FINAL

    @property
    def key(self) -> tuple[str, str, int]:
        """Equal for all jobs of one attempt: there should be one."""
        return self.sweep, self.trial, self.attempt

    @property
    def age(self) -> tuple[float, str]:
        """The older of two comes first; the same on every machine."""
        return self.created, self.handle
