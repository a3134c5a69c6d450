"""The loop around the passes: until nothing is left to do, or somebody says stop."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

from sweeper.clock import Clock
from sweeper.driver.tally import Tally
from sweeper.lean import dataclass

LONGEST_WAIT = 0.5
"""Seconds between two passes in which nothing happens: how late a request from another terminal is heard."""


class Stop(IntEnum):
    """How often the user has asked to stop."""

    NO = 0
    CANCEL = 1
    """End what runs, write it down, then leave."""
    AT_ONCE = 2
    """Leave now; what runs is found again by the next launch."""


@dataclass
class Hand:
    """What a signal handler sets and the loop reads."""

    stop: Stop = Stop.NO

    def press(self) -> None:
        """One more ^C."""
        self.stop = Stop(min(self.stop + 1, Stop.AT_ONCE))


class Passes(Protocol):
    """One launcher's passes over its sweep: of jobs, or of a study."""

    @property
    def tally(self) -> Tally:
        """What this launcher has seen."""

    @property
    def live(self) -> int:
        """What has not ended."""

    @property
    def stopping(self) -> bool:
        """Nothing new will be started."""

    @property
    def hurried(self) -> bool:
        """The next pass need not wait."""

    def one_pass(self) -> None:
        """See, write, obey, decide, start."""

    def cancel(self) -> None:
        """Ask all that is live to stop."""

    def finished(self) -> bool:
        """Nothing runs, and nothing more will be started."""

    def handed_over(self) -> bool:
        """Whoever runs it has all that it takes."""

    def next_due(self) -> float | None:
        """When a waiting retry is due."""

    def stopped_by(self) -> str:
        """The limit that was reached, in words."""

    def ended_by(self) -> str:
        """Why there are fewer trials than were planned, in words."""


class Waits(Protocol):
    """What runs the sweep."""

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or earlier where something may have changed."""


def drive(
    reconciler: Passes,
    backend: Waits,
    clock: Clock,
    *,
    hand: Hand,
    show: Callable[[Passes], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
    leave: bool = False,
) -> None:
    """Pass after pass. Returns when the sweep is finished, stopped, or was left in a hurry.

    With ``leave`` also when all has been handed over that the backend takes. ``check`` comes before each pass, and ends
    it all by what it raises.
    """
    asked = False
    while hand.stop is not Stop.AT_ONCE:
        if hand.stop is Stop.CANCEL and not asked:
            show(reconciler)  # while it is still known what there is to end
            reconciler.cancel()
            asked = True
        check()
        reconciler.one_pass()
        show(reconciler)
        if reconciler.finished() or (reconciler.stopping and not reconciler.live):
            return
        if leave and reconciler.handed_over():
            return
        if not reconciler.hurried:
            backend.wait(_pause(reconciler, clock))


def _pause(reconciler: Passes, clock: Clock) -> float:
    due = reconciler.next_due()
    if due is None or reconciler.live:
        return LONGEST_WAIT
    return min(LONGEST_WAIT, max(0.0, due - clock.now()) + 0.001)
