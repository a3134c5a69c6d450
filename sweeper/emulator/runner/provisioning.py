"""Machines take time to come: a runner that lets each job wait before another runner starts it.

The real services need a minute or more. What relies on that time here, too, is whoever ends one of two jobs that a
request delivered twice has made: it must be seen in a list before it has run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sweeper.emulator.clock import Clock, Timer
from sweeper.emulator.runner.work import Event, Runner, Work


class Provisioned:
    """``delay`` is asked for each job: seconds from its creation to its start."""

    def __init__(
        self, runner: Runner, clock: Clock, report: Callable[[Event], None], delay: Callable[[Work], float]
    ) -> None:
        self._runner = runner
        self._clock = clock
        self._report = report
        self._delay = delay
        self._waiting: dict[str, Timer] = {}

    def start(self, work: Work) -> None:
        """Later, unless its time has come already: a job of an earlier life, or one that begins again."""
        when = work.created + self._delay(work)
        if when <= self._clock.now():
            self._runner.start(work)
        else:
            self._waiting[work.name] = self._clock.call_at(when, lambda: self._go(work))

    def _go(self, work: Work) -> None:
        if self._waiting.pop(work.name, None):
            self._runner.start(work)

    def cancel(self, name: str) -> None:
        """A job that waits has cost nothing yet; its end comes as an event, like any other."""
        if timer := self._waiting.pop(name, None):
            timer.cancel()
            now = self._clock.now()
            self._clock.call_at(now, lambda: self._report(Event(name, "cancelled", now)))
        else:
            self._runner.cancel(name)

    def log(self, name: str) -> Sequence[tuple[float, str, str]]:
        """Of what has run."""
        return self._runner.log(name)

    def reported(self, name: str) -> str:
        """By what has run."""
        return self._runner.reported(name)

    async def close(self, *, kill: bool) -> None:
        """What waits is started by the next life of the emulator."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        await self._runner.close(kill=kill)
