"""What a launcher needs to know of one sweep, put together once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sweeper.lean import dataclass
from sweeper.model import Job, Sweep, Trial

if TYPE_CHECKING:  # few sweeps have a search that adapts
    from sweeper.search.protocol import Search
    from sweeper.search.told import Told


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
    search: Search | None = None
    """Who proposes trials one by one, by what is known when there is room; None = ``trial`` knows them all."""
    warm: tuple[Told, ...] = ()
    """Trials of earlier sweeps that such a search is told of."""
    durable: bool = False
    """What is started costs money: an intent must survive a power cut."""

    @property
    def planned(self) -> int:
        """Trials that this launch may start: all, or as many as the limit allows."""
        limit = self.sweep.limits.trials
        return self.total if limit is None else min(self.total, limit)

    def point_of(self, number: int) -> int:
        """Which point the trial of this number is a run of."""
        return number % self.points if self.search is None else number // self.sweep.repeats.count

    def job(self, trial_id: str, attempt: int, args: tuple[str, ...]) -> Job:
        """One attempt, as a backend gets it."""
        trainer = self.sweep.trainer
        return Job(self.sweep_id, trial_id, attempt, args, trainer, timeout=self.sweep.limits.timeout)
