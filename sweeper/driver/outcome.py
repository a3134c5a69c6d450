"""How a launch ended."""

from __future__ import annotations

from sweeper.driver.drive import Stop
from sweeper.driver.tally import Tally
from sweeper.lean import dataclass
from sweeper.model import State


@dataclass(frozen=True)
class Outcome:
    """How a launch ended."""

    sweep_id: str
    total: int
    counts: dict[State, int]
    tally: Tally
    stop: Stop
    limited: str = ""
    """Which limit was reached first."""
    ended: str = ""
    """Why there are fewer trials than were planned, where nothing was left to gain."""
    left: bool = False
    """The backend has the trials, and nobody waits for them."""

    @property
    def exit_code(self) -> int:
        """0 all succeeded or were left to run, 1 some did not or a limit was reached, 2 barred, 130 interrupted."""
        if self.stop is not Stop.NO:
            return 130
        if self.tally.barred:
            return 2
        if self.left:
            return 1 if self.tally.failed else 0
        return 0 if self.counts.get(State.SUCCEEDED, 0) == self.total and not self.limited else 1


@dataclass(frozen=True)
class Busy:
    """Another process drives the sweep already."""

    sweep_id: str
    pid: int | None
