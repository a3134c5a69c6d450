"""What ``limits.hours`` and ``limits.cost`` leave: how many more jobs may be started. Nothing that runs is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweeper.backends.registry import CLOUDS
from sweeper.driver.price import price_of_an_hour
from sweeper.driver.tally import Flight, seconds_run
from sweeper.driver.work import Work
from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.times import durations, running_time
from sweeper.model import CloudSettings, Limits, Sweep
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:  # a local launch does without
    from sweeper.google.place import Place


@dataclass(frozen=True, slots=True)
class Cap:
    """The limit that is reached first."""

    name: str
    seconds: float
    """Of running time, all jobs of the sweep added up."""


def cap(limits: Limits, price: float) -> Cap | None:
    """``price`` is US dollars an hour of one job; without one, running costs nothing."""
    caps = []
    if limits.hours is not None:
        caps.append(Cap("limits.hours", limits.hours * 3600))
    if limits.cost is not None and price > 0:
        caps.append(Cap("limits.cost", limits.cost / price * 3600))
    return min(caps, key=lambda one: one.seconds, default=None)


class Budget:
    """The running time of one sweep, earlier launches and attempts included, against its limits."""

    def __init__(self, work: Work, ledger: Ledger, flight: Flight) -> None:
        self._work = work
        self._flight = flight
        self._cap = cap(work.sweep.limits, work.price)
        self._expected: float | None = None
        if self._cap is not None:
            flight.tally.spent, flight.tally.ran = running_time(ledger, work.sweep_id)
            known = durations(ledger, work.digest, work.sweep.backend)
            self._expected = sum(known) / len(known) if known else None

    def affords(self, now: float) -> int | None:
        """How many more jobs may be started; None = any number.

        A job is expected to take as long as those before it took on average: those of this sweep, or before the first
        of them has ended, those of other sweeps with the same code. Where there is nothing to go by, only what has
        run so far counts.
        """
        if self._cap is None:
            return None
        tally = self._flight.tally
        so_far = [seconds_run(job, now) for job in self._flight.live.values()]
        if tally.spent + sum(so_far) >= self._cap.seconds:
            return 0
        each = tally.spent / tally.ran if tally.ran else self._expected
        if not each:
            return None
        left = self._cap.seconds - tally.spent - sum(max(each, seconds) for seconds in so_far)
        return max(0, int(left / each + 1e-9))

    def used_up(self, now: float) -> bool:
        """Whether what has run and what runs have reached the limit."""
        running = sum(seconds_run(job, now) for job in self._flight.live.values())
        return self._cap is not None and self._flight.tally.spent + running >= self._cap.seconds

    def in_words(self) -> str:
        """The limit that was reached, and how near."""
        if self._cap is None:
            return ""
        hours, limits = self._flight.tally.spent / 3600, self._work.sweep.limits
        if self._cap.name == "limits.cost":
            return f"limits.cost: {_usd(hours * self._work.price)} of {limits.cost:g} USD"
        return f"limits.hours: {hours:.3g} of {limits.hours:.3g} hours of running time"


def _usd(amount: float) -> str:
    return f"{amount:.2f}" if amount >= 0.1 else f"{amount:.2g}"


def price_of(sweep: Sweep, place: Place | None, here: Surroundings) -> float:
    """US dollars an hour of one job where ``limits.cost`` asks for it, else 0. Raises UserError where nobody knows."""
    if sweep.limits.cost is None or sweep.backend not in CLOUDS or place is None:
        return 0.0
    price = price_of_an_hour(sweep, place.region, here)
    if price is not None:
        return price
    from sweeper.google.machines import machines  # only where it is needed

    settings = sweep.clouds.get(sweep.backend, CloudSettings())
    what = " and ".join(map(str, machines(settings, sweep.backend))) or "a persistent resource"
    raise UserError(
        f"nobody knows what {what} costs, so that this limit could not be kept",
        where=sweep.path,
        path="limits.cost",
        hint=f"say what an hour of one job costs: {sweep.backend}: {{price: 0.25 USD}}",
    )
