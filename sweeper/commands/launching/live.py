"""What a launch says while it runs: a live line on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import math
import time

from sweeper.commands.line import Line
from sweeper.commands.shared import duration, in_words, number, removed, repeats_of, short
from sweeper.driver.drive import Hand, Passes, Stop
from sweeper.driver.halt import gist
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import Metric
from sweeper.states import LIVE
from sweeper.surroundings import Surroundings

REDRAW = 0.2
"""Seconds between two drawings on a terminal."""
REPORT = 30.0
"""Seconds between two lines in a log."""
REMIND = 600.0
"""Seconds until the same trouble is worth another word."""


class Live:
    """Counts, the best so far and how long it may take."""

    def __init__(self, ledger: Ledger, here: Surroundings, hand: Hand, line: Line, *, metric: Metric) -> None:
        self._ledger = ledger
        self._here = here
        self._hand = hand
        self._line = line
        self._metric = metric
        self._row: SweepRow | None = None
        self._began = time.monotonic()
        self._shown = self._began
        self._warned: dict[str, float] = {}
        """What was said of troubles, and when."""
        self._told_of_metric = False
        self._stopping = False

    def begin(self, before: SweepRow, again: bool) -> None:
        """Say what is about to happen. ``before`` is the sweep as the last launch left it."""
        self._row = row = self._ledger.sweep(before.id) or before
        counts = in_words(self._ledger.counts(row.id), row.total)
        gone = removed(self._ledger, row.id)
        runs = f" ({repeats_of(row)} runs of each point)" if repeats_of(row) > 1 else ""
        head = f"{'carrying on' if again else 'launching'} {row.id}: {_trials(row.total)}{runs} on {row.backend}"
        self._here.say(head + (f"; {counts}" if again else "") + (f"; {gone} removed" if gone else ""))
        if again and before.digest and before.digest != row.digest:
            self._here.say(
                "note: the trainer's code has changed since the last launch; what has finished is kept, what runs"
                " from now on has the new code\n  `sweeper results` tells them apart; --fresh begins a new sweep"
            )

    def show(self, reconciler: Passes) -> None:
        """After each pass; speaks only as often as somebody could read it."""
        self._warn(reconciler)
        now = time.monotonic()
        if self._row is None or now - self._shown < (REDRAW if self._here.lively else REPORT):
            return
        self._shown = now
        self._line.say(self._text(self._row, reconciler, now - self._began))

    def _warn(self, reconciler: Passes) -> None:
        tally = reconciler.tally
        about, now = gist(tally.trouble), time.monotonic()
        if about and now >= self._warned.get(about, -math.inf) + REMIND:
            self._warned[about] = now
            self._here.say(tally.trouble)
        if tally.unranked and not self._told_of_metric:
            self._told_of_metric = True
            self._here.say(f"note: {tally.unranked}\n  if that is a slip: ^C, mend metric: in the config, launch again")
        if self._hand.stop is not Stop.NO and not self._stopping:
            self._stopping = True
            what = f"{_trials(reconciler.live)} to end" if reconciler.live else "nothing runs"
            self._here.say(f"stopping: {what}; ^C again leaves without waiting")

    def _text(self, row: SweepRow, reconciler: Passes, passed: float) -> str:
        counts, tally = self._ledger.counts(row.id), reconciler.tally
        ended = sum(n for state, n in counts.items() if state not in LIVE)
        text = f"{ended}/{row.total}: {in_words(counts, row.total)}"
        if tally.best is not None:
            text += f"; best {self._metric.name} {number(tally.best)} ({short(tally.best_trial)})"
        if tally.ended and ended < row.total:
            text += f"; about {duration((row.total - ended) * passed / tally.ended)} left"
        return text


def _trials(count: int) -> str:
    return f"{count} trial{'s' * (count != 1)}"
