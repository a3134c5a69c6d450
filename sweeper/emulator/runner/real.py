"""The stage on which jobs are processes of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sweeper.emulator.runner import log
from sweeper.emulator.runner.attempt import Attempt, Machine
from sweeper.emulator.runner.desk import Report
from sweeper.emulator.runner.folder import folder_of
from sweeper.emulator.runner.work import JobFault, Work

LOOK = 0.2
"""Seconds between two looks at what the programs have printed; the lines' times are as exact as that."""


class RealStage:
    """Runs each job in a folder below ``jobs``."""

    def __init__(self, jobs: Path, machine: Machine) -> None:
        self._jobs = jobs
        self._machine = machine
        self._running: dict[str, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.TimerHandle | None = None

    def begin(self, work: Work, fault: JobFault | None, report: Report) -> Attempt:
        """Start a task that sees it through."""
        attempt = Attempt(work, folder_of(self._jobs, work.name), self._machine, fault)
        self._running[work.name] = attempt
        task = asyncio.get_running_loop().create_task(self._see_through(work.name, attempt, report))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._looking is None:
            self._look()
        return attempt

    def log(self, name: str) -> Sequence[log.Line]:
        """The lines on disk, also those of an earlier life."""
        if name in self._running:
            self._running[name].look()
        return log.read(folder_of(self._jobs, name))

    def reported(self, name: str) -> str:
        """The file that cloudml-hypertune rewrites with each report; of a whole one, or what there is of it."""
        try:
            return folder_of(self._jobs, name).metrics.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    async def close(self, *, kill: bool) -> None:
        """Leave no process behind, not even one that builds an environment which no job waits for any more."""
        if kill:
            self._end_all()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._end_all()
        await self._machine.environments.settle()
        if self._looking is not None:
            self._looking.cancel()

    def _end_all(self) -> None:
        self._machine.processes.kill_all()
        for attempt in self._running.values():
            attempt.stop("cancelled")

    async def _see_through(self, name: str, attempt: Attempt, report: Report) -> None:
        try:
            end = await attempt.run(report)
        except Exception as error:  # a full disk, for one: a job must not stay on for ever
            end = attempt.failed(f"the emulator could not run it: {error}")
        del self._running[name]
        report(end)

    def _look(self) -> None:
        for attempt in self._running.values():
            attempt.look()
        again = asyncio.get_running_loop().call_later
        self._looking = again(LOOK, self._look) if self._running else None
