"""The runner: so many jobs at once, the others wait in the order they came; each is told to end in one way only."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from sweeper.emulator.clock import Clock
from sweeper.emulator.runner.work import ENDED, Event, JobFault, JobState, Work

Report = Callable[[Event], None]
FaultOf = Callable[[str], JobFault | None]
Line = tuple[float, str, str]


class Run(Protocol):
    """A job that has its turn."""

    def stop(self, state: JobState) -> None:
        """End it soon; it ends in this state, unless it has ended by itself before."""


class Stage(Protocol):
    """Where jobs run: as processes, or only in appearance."""

    def begin(self, work: Work, fault: JobFault | None, report: Report) -> Run:
        """Run it; what becomes of it is reported, its end last."""

    def log(self, name: str) -> Sequence[Line]:
        """A job's lines so far."""

    def reported(self, name: str) -> str:
        """What is in its file for metrics."""

    async def close(self, *, kill: bool) -> None:
        """End all that runs, or wait for it."""


class Desk:
    """A Runner (see work.py), on whatever stage."""

    def __init__(self, stage: Stage, *, clock: Clock, slots: int, report: Report, job_fault: FaultOf) -> None:
        self._stage = stage
        self._clock = clock
        self._slots = slots
        self._report = report
        self._job_fault = job_fault
        self._waiting: OrderedDict[str, Work] = OrderedDict()
        self._running: dict[str, Run | None] = {}
        self._lost: Counter[str] = Counter()
        self._filling = False
        self._closed = False
        self._silent = False

    def start(self, work: Work) -> None:
        """Queue it; its first event comes later."""
        self._waiting[work.name] = work
        asyncio.get_running_loop().call_soon(self._fill)

    def cancel(self, name: str) -> None:
        """Ask for its end; it comes as an event."""
        later = asyncio.get_running_loop().call_soon
        if self._waiting.pop(name, None) is not None:
            later(self._tell, Event(name, "cancelled", self._clock.now()))
        elif run := self._running.get(name):
            later(run.stop, "cancelled")

    def log(self, name: str) -> Sequence[Line]:
        """Its lines so far."""
        return self._stage.log(name)

    def reported(self, name: str) -> str:
        """What is in its file for metrics."""
        return self._stage.reported(name)

    async def close(self, *, kill: bool) -> None:
        """End what runs and say nothing of it, or wait for it; start nothing more."""
        self._closed = True
        self._silent = self._silent or kill
        await self._stage.close(kill=kill)

    def _fill(self) -> None:
        if self._filling:
            return  # a job that ended as soon as it began: the loop below goes on
        self._filling = True
        try:
            while self._waiting and len(self._running) < self._slots and not self._closed:
                self._begin(*self._waiting.popitem(last=False))
        finally:
            self._filling = False

    def _begin(self, name: str, work: Work) -> None:
        self._running[name] = None
        run = self._stage.begin(work, self._fault(name), self._hear)
        if name in self._running:
            self._running[name] = run

    def _fault(self, name: str) -> JobFault | None:
        """A job that lost its machine and was started again meets another fate."""
        lost = self._lost.get(name, 0)
        return self._job_fault(f"{name} after {lost}" if lost else name)

    def _hear(self, event: Event) -> None:
        if event.state not in ENDED:
            self._tell(event)
            return
        self._running.pop(event.name, None)
        if event.state == "preempted":
            self._lost[event.name] += 1
        try:
            self._tell(event)  # which may start the job again
        finally:
            self._fill()

    def _tell(self, event: Event) -> None:
        if not self._silent:
            self._report(event)
