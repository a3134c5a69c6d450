"""The loop around the passes: until nothing is left to do, or somebody says stop."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from sweeper.backends.protocol import Backend
from sweeper.clock import Clock
from sweeper.driver.reconcile import Reconciler
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


def drive(
    reconciler: Reconciler,
    backend: Backend,
    clock: Clock,
    *,
    hand: Hand,
    show: Callable[[Reconciler], None] = lambda _: None,
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


def _pause(reconciler: Reconciler, clock: Clock) -> float:
    due = reconciler.next_due()
    if due is None or reconciler.live:
        return LONGEST_WAIT
    return min(LONGEST_WAIT, max(0.0, due - clock.now()) + 0.001)
