"""What a launcher needs to know of one sweep, put together once."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.lean import dataclass
from sweeper.model import Job, Sweep, Trial


@dataclass(frozen=True)
class Work:
    """A sweep that is ready to run: its id, its trials by number, and the command line of each."""

    sweep: Sweep
    sweep_id: str
    total: int
    """Trials that the config means; an upper bound where they could not be counted."""
    points: int
    """Points among them: trial n is a run of point n modulo this."""
    trial: Callable[[int], Trial]
    """Trial by number, from 0; a pure function. IndexError where there turns out to be none."""
    args: Callable[[Trial], tuple[str, ...]]
    """The trainer's arguments for a trial; a pure function."""
    digest: str = ""
    """Of the trainer's code as it is now."""
    parallel: int | None = None
    """How many may be under way at once; None = as many as the backend takes."""
    price: float = 0.0
    """US dollars an hour of one running job, where spending is limited."""
    durable: bool = False
    """What is started costs money: an intent must survive a power cut."""

    @property
    def planned(self) -> int:
        """Trials that this launch may start: all, or as many as the limit allows."""
        limit = self.sweep.limits.trials
        return self.total if limit is None else min(self.total, limit)

    def job(self, trial_id: str, attempt: int, args: tuple[str, ...]) -> Job:
        """One attempt, as a backend gets it."""
        trainer = self.sweep.trainer
        return Job(self.sweep_id, trial_id, attempt, args, trainer, timeout=self.sweep.limits.timeout)
