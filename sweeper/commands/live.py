"""What a launch says while it runs: a live line on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import time
from typing import Any

from sweeper.commands.shared import in_words, number, repeats_of
from sweeper.driver.reconcile import Reconciler
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State, Sweep
from sweeper.surroundings import Surroundings

REDRAW = 0.2
"""Seconds between two drawings on a terminal."""
REPORT = 30.0
"""Seconds between two lines in a log."""


class Live:
    """Counts, the best so far and how long it may take."""

    def __init__(self, ledger: Ledger, here: Surroundings, sweep: Sweep) -> None:
        self._ledger = ledger
        self._here = here
        self._sweep = sweep
        self._row: SweepRow | None = None
        self._shown = self._began = time.monotonic()
        self._line: Any = None
        self._warned: str = ""

    def begin(self, row: SweepRow, again: bool) -> None:
        """Say what is about to happen."""
        known = self._ledger.sweep(row.id)
        self._row = known or row
        total, counts = self._row.total, self._ledger.counts(row.id)
        verb = "carrying on" if again else "launching"
        done = f", {in_words(counts, total)}" if again else ""
        runs = f" ({repeats_of(self._row)} runs of each point)" if repeats_of(self._row) > 1 else ""
        self._here.say(f"{verb} {row.id}: {total} trials{runs} on {row.backend}{done}")
        if again and row.digest and row.digest != self._row.digest:
            self._here.say(
                "the trainer's code has changed since the last launch: finished trials are kept and new ones run the"
                " new code (`sweeper results` says which is which); --fresh begins a new sweep"
            )
        if self._here.lively:
            self._line = _live_line()

    def show(self, reconciler: Reconciler) -> None:
        """After each pass; draws only as often as somebody could read it."""
        tally = reconciler.tally
        if tally.unreachable and tally.unreachable != self._warned:
            self._warned = tally.unreachable
            self._here.say(f"the backend cannot be reached ({tally.unreachable}); trying again")
        now = time.monotonic()
        if now - self._shown < (REDRAW if self._line is not None else REPORT) or self._row is None:
            return
        self._shown = now
        text = self._text(reconciler, now - self._began)
        if self._line is not None:
            self._line.update(text)
        else:
            self._here.say(text)

    def _text(self, reconciler: Reconciler, passed: float) -> str:
        assert self._row is not None
        counts = self._ledger.counts(self._row.id)
        ended = sum(n for state, n in counts.items() if state not in (State.SUBMITTING, State.QUEUED, State.RUNNING))
        text = f"{ended}/{self._row.total} {in_words(counts, self._row.total)}"
        if reconciler.tally.best is not None:
            text += f"; best {self._sweep.metric.name} {number(reconciler.tally.best)}"
        if reconciler.tally.ended:
            left = (self._row.total - ended) * passed / reconciler.tally.ended
            text += f"; about {duration(left)} left"
        return text

    def close(self) -> None:
        """Take the live line away."""
        if self._line is not None:
            self._line.stop()
            self._line = None


def duration(seconds: float) -> str:
    """A length of time for people."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def _live_line() -> Any:
    from rich.console import Console  # only where there is a terminal to draw on
    from rich.live import Live as RichLive
    from rich.text import Text

    class Line(RichLive):
        def update(self, text: Any, *, refresh: bool = True) -> None:
            super().update(Text(text), refresh=refresh)

    line = Line(Text(""), console=Console(stderr=True), auto_refresh=False, transient=True)
    line.start()
    return line
