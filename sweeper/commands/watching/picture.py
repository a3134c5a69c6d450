"""A sweep at one moment, as a live view shows it above the trials."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sweeper.commands.shared import repeats_of
from sweeper.commands.watching.outlook import sweep_left, trial_left
from sweeper.driver.price import price_of_an_hour
from sweeper.driver.refresh import stored
from sweeper.driver.savings import region_of
from sweeper.lean import dataclass, field
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.times import running_time
from sweeper.model import State
from sweeper.results import glance
from sweeper.results.top import best
from sweeper.states import LIVE
from sweeper.surroundings import Surroundings

SLOW = 5.0
"""Seconds between two looks at what is dear to read and changes little."""
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Background:
    """What is read now and then."""

    spent: float = 0.0
    """Seconds that all ended jobs have run."""
    price: float | None = None
    """US dollars an hour of one job."""
    typical: float | None = None
    """Seconds of a trial that runs to its end."""
    last_step: int | None = None
    """Of such a trial."""
    varying: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything but the trials themselves."""

    row: SweepRow
    counts: Mapping[State, int] = field(default_factory=dict)
    best: Mapping[str, Any] | None = None
    """A row of the results."""
    steps: tuple[tuple[float, float], ...] = ()
    """(Unix seconds, metric) of each run that was the best so far."""
    background: Background = field(default_factory=Background)
    failed: Mapping[str, int] = field(default_factory=dict)
    """How many, by reason."""
    running: tuple[float, ...] = ()
    """When each trial that runs began."""
    live: int = 0
    ended: int = 0

    def seconds(self, now: float) -> float:
        """That all jobs have run, those included that still do."""
        return self.background.spent + math.fsum(max(0.0, now - began) for began in self.running)

    def left(self, now: float) -> float | None:
        """Seconds until the end, about; None where nobody can tell."""
        typical = self.background.typical
        lefts = [trial_left(now - began, step=None, last=None, typical=typical) for began in self.running]
        return sweep_left(max(0, self.row.total - self.ended - len(self.running)), [*lefts, typical])


class Painter:
    """Makes pictures of one sweep; remembers what need not be read anew."""

    def __init__(self, ledger: Ledger, row: SweepRow, here: Surroundings) -> None:
        self._ledger = ledger
        self._row = row
        self._price = price_of_an_hour(stored(row), region_of(row), here)
        self._background = Background()
        self._slow_at = -math.inf
        self._steps: list[tuple[float, float]] | None = None
        self._failed: tuple[int, Mapping[str, int]] = (0, {})

    def paint(self, now: float) -> Picture:
        """The sweep as the ledger has it now."""
        ledger, row = self._ledger, self._ledger.sweep(self._row.id) or self._row
        counts = ledger.counts(row.id)
        if now >= self._slow_at + SLOW:
            self._background, self._slow_at = self._read_background(row), now
        winner = best(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
        return Picture(
            row,
            counts,
            best=winner,
            steps=tuple(self._follow(row, winner, now)),
            background=self._background,
            failed=self._by_reason(row, counts.get(State.FAILED, 0) + counts.get(State.LOST, 0)),
            running=tuple(glance.running_since(ledger, row.id)) if counts.get(State.RUNNING) else (),
            live=sum(n for state, n in counts.items() if state in LIVE),
            ended=sum(n for state, n in counts.items() if state not in LIVE),
        )

    def _follow(self, row: SweepRow, winner: Mapping[str, Any] | None, now: float) -> list[tuple[float, float]]:
        """The whole curve once; from then on, a step is added whenever there is a new best."""
        if winner is None:
            return []
        value = winner["metric"] if repeats_of(row) == 1 else glance.best_value(self._ledger, row.id, row.metric)
        if self._steps and value is not None and value != self._steps[-1][1]:
            better = value > self._steps[-1][1] if row.metric.goal == "maximize" else value < self._steps[-1][1]
            # A best that is gone was removed, or is run again: the curve is another one.
            self._steps = [*self._steps, (now, value)] if better else None
        if not self._steps:
            self._steps = glance.best_steps(self._ledger, row.id, row.metric)
        return self._steps

    def _by_reason(self, row: SweepRow, many: int) -> Mapping[str, int]:
        if many != self._failed[0]:
            self._failed = many, glance.failed(self._ledger, row.id)
        return self._failed[1]

    def _read_background(self, row: SweepRow) -> Background:
        spent, _ = running_time(self._ledger, row.id)
        typical, last = glance.whole_run(self._ledger, row.id, row.metric.name)
        varying = tuple(glance.varying(self._ledger, row.id, _SAMPLE))
        return Background(spent, self._price, typical, last, varying)
