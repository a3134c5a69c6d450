"""Looks at a sweep that nobody drives, and stops trials, in a thread of its own: a backend may take its time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

from sweeper.commands.cancel import stop
from sweeper.commands.shared import carry_on, existing, is_driven
from sweeper.commands.status import look
from sweeper.driver.refresh import Kept
from sweeper.errors import SweeperError
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings

EVERY = 1.0
"""Seconds between two looks."""


class Looker:
    """One for each screen. ``say`` is called in its thread."""

    def __init__(self, row: SweepRow, here: Surroundings, say: Callable[[str], None]) -> None:
        self._row = row
        self._here = replace(here, say=say)
        self._wanted: SimpleQueue[str | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.driven = ""
        """Who runs the sweep, in words."""
        self.at_rest = False
        """Nobody runs it, and no trial is left running."""
        self._barred = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self, trial: str) -> None:
        """Stop a trial; how that went is said."""
        self._wanted.put(trial)

    def close(self) -> None:
        """Let go; a backend that does not answer is not waited for."""
        self._wanted.put(None)
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        # One thread does both: who cancels must find the sweep's lock free, or held by a launch.
        with existing(self._here) as ledger, Kept() as kept:
            while True:
                if not self._barred and (problem := _problem(lambda: self._look(ledger, kept))):
                    self._barred = True  # said once; the next look would say the same
                    self._here.say(problem)
                with suppress(Empty):
                    trial = self._wanted.get(timeout=EVERY)
                    if trial is None:
                        return
                    if problem := _problem(lambda wanted=trial: stop(ledger, self._row, [wanted], self._here)):  # type: ignore[misc]
                        self._here.say(problem)

    def _look(self, ledger: Ledger, kept: Kept) -> None:
        driven, pid = is_driven(self._here, self._row.id)
        if not driven:
            look(ledger, self._row, self._here, kept=kept)
        self.at_rest = not driven and not ledger.runs(self._row.id)
        if driven:
            self.driven = f"run by process {pid}" if pid else "run by another process"
        else:
            row = ledger.sweep(self._row.id) or self._row
            self.driven = "done" if row.state == "done" else f"no launch runs it; carry on: {carry_on(row, self._here)}"


def _problem(what: Callable[[], object]) -> str:
    """What went wrong; empty where nothing did."""
    try:
        what()
    except SweeperError as error:
        return str(error)
    return ""
