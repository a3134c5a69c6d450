"""One run of one job as a real process, from its packages to its end."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeper.emulator.clock import Clock
from sweeper.emulator.runner import command
from sweeper.emulator.runner.environments import Environments
from sweeper.emulator.runner.folder import JobFolder
from sweeper.emulator.runner.log import Log, last_errors, open_stream
from sweeper.emulator.runner.packages import CannotRun, Objects, fetch
from sweeper.emulator.runner.processes import Child, Processes
from sweeper.emulator.runner.threads import in_thread
from sweeper.emulator.runner.work import NO_QUOTA, Event, JobFault, JobState, Work

GRACE = 2.0
"""Seconds between asking a job to end and ending it."""
LONGEST_LIFE = 1.0
"""A machine that is taken away is so within this many seconds of the job's start."""


@dataclass(frozen=True)
class Machine:
    """What all runs share."""

    clock: Clock
    objects: Objects
    environments: Environments
    processes: Processes
    base_url: str
    threads: int
    path: str


class Attempt:
    """A job's run; it can be told to stop."""

    def __init__(self, work: Work, folder: JobFolder, machine: Machine, fault: JobFault | None) -> None:
        self._work = work
        self._folder = folder
        self._machine = machine
        self._fault = fault
        self._stop: asyncio.Future[JobState] = asyncio.get_running_loop().create_future()
        self.log: Log | None = None

    def stop(self, state: JobState) -> None:
        """End it; this is then its state. The first one counts."""
        if not self._stop.done():
            self._stop.set_result(state)

    def look(self) -> None:
        """Put down what the program has printed by now."""
        if self.log is not None:
            self.log.look(self._machine.clock.now())

    async def run(self, report: Callable[[Event], None]) -> Event:
        """Reports "preparing" and "running"; returns how it ended."""
        report(self._event("preparing"))
        if self._fault == "quota":
            return self._event("failed", message=NO_QUOTA, quota=True)
        try:
            environment = await self._prepare()
            if environment is None:
                return self._event(self._stop.result())
            child = self._spawn(environment)
        except CannotRun as error:
            return self.failed(str(error))
        except (OSError, ValueError) as error:  # a null byte in an argument, more of them than the system takes
            return self.failed(f"the program cannot be started: {error}", code=_like_a_shell(error))
        report(self._event("running"))
        return await self._end(child)

    async def _prepare(self) -> Path | None:
        """The environment; None where the job was stopped before there was one."""
        command.refuse(self._work)
        self._folder.make_anew()
        self.log = Log(self._folder)
        packages = fetch(self._machine.objects, self._work.packages)
        for address in self._work.packages:
            self._note(f"Installing the package {address}")
        building = asyncio.ensure_future(self._machine.environments.folder(packages))
        await _first(building, self._stop)
        if not self._stop.done():
            return building.result()
        building.cancel()
        return None

    def _spawn(self, environment: Path) -> Child:
        words = (
            [word.encode() for word in command.HANG] if self._fault == "hang" else command.argv(self._work, environment)
        )
        machine = self._machine
        variables = command.variables(
            self._work, self._folder, environment, base_url=machine.base_url, threads=machine.threads, path=machine.path
        )
        self._note(f"Running command: {command.shown(self._work)}")
        with open_stream(self._folder, "stdout") as out, open_stream(self._folder, "stderr") as err:
            return machine.processes.spawn(words, cwd=self._folder.work, env=variables, stdout=out, stderr=err)

    async def _end(self, child: Child) -> Event:
        exited = in_thread(child.wait, name=f"wait for {self._work.name}")
        with self._alarm(self._work.timeout, "timeout"), self._alarm(self._moment(), "preempted"):
            await _first(exited, self._stop)
        stopped = not exited.done()
        if stopped:
            await self._end_by_force(child, exited)
        code = await exited
        self.look()
        if self._fault == "preempt" and not stopped:
            return self._event("preempted")  # its end came before anybody could be told of it
        return self._event(self._stop.result()) if stopped else self._by_itself(code)

    async def _end_by_force(self, child: Child, exited: asyncio.Future[int]) -> None:
        if self._stop.result() != "preempted":
            child.signal(signal.SIGTERM)
            await asyncio.wait({exited}, timeout=GRACE)
        child.signal(signal.SIGKILL)
        await exited

    def _by_itself(self, code: int) -> Event:
        if code == 0:
            self._note("Job completed successfully.")
            return self._event("succeeded", code=0)
        self._note(f"The program exited with a non-zero status of {code}.", "ERROR")
        return self._event("failed", code=code, message=last_errors(self._folder))

    def failed(self, message: str, *, code: int | None = None) -> Event:
        """Put down that it never ran, and why."""
        if self.log is None:
            self.log = Log(self._folder)
        with contextlib.suppress(OSError):
            self._folder.path.mkdir(parents=True, exist_ok=True)
        for line in message.splitlines():
            self._note(line, "ERROR")
        return self._event("failed", code=code, message=message)

    def _moment(self) -> float | None:
        """When its machine is taken away, in seconds from its start: the same for the same job."""
        if self._fault != "preempt":
            return None
        return LONGEST_LIFE * int.from_bytes(hashlib.sha256(self._work.name.encode()).digest()[:4], "big") / 2**32

    @contextlib.contextmanager
    def _alarm(self, seconds: float | None, state: JobState) -> Iterator[None]:
        if seconds is None:
            yield
            return
        clock = self._machine.clock
        timer = clock.call_at(clock.now() + seconds, lambda: self.stop(state))
        try:
            yield
        finally:
            timer.cancel()

    def _note(self, text: str, severity: str = "INFO") -> None:
        if self.log is not None:
            self.log.note(self._machine.clock.now(), text, severity)

    def _event(self, state: JobState, *, code: int | None = None, message: str = "", quota: bool = False) -> Event:
        return Event(self._work.name, state, self._machine.clock.now(), code, message, quota)


async def _first(*futures: asyncio.Future[Any]) -> None:
    """Wait until one of them is done."""
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


def _like_a_shell(error: Exception) -> int | None:
    """The exit code by which a container tells that its command is not there."""
    return 127 if isinstance(error, FileNotFoundError) else 126 if isinstance(error, PermissionError) else None
