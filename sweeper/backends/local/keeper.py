"""The keeper: has trials started, ends those that are over their time, and sees to it that each end is written.

It outlives the launcher. It starts the cold trials, and forks the parent that starts the warm ones. When the launcher
goes, the keeper takes no more requests and ends with its last trial; when the keeper is killed, its guard takes over.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from typing import Any, NoReturn

from sweeper.backends.local import child, guard, output, process
from sweeper.backends.local.channel import Lines, Wake, reaped
from sweeper.backends.local.folder import Attempt, claim_of, write
from sweeper.backends.local.forker import Forker
from sweeper.backends.local.records import Record, Records, Strays
from sweeper.backends.local.running import Running
from sweeper.backends.local.settings import Keeping
from sweeper.backends.local.spawn import never_ran, spawn
from sweeper.backends.local.waiting import Waiting
from sweeper.model import Reason

DEATHS = 3
"""So many warm parents may die before the trials start cold."""


class Keeper:
    """The keeper's loop and what it knows."""

    def __init__(self, launcher: Lines, settings: Keeping, guardian: process.Process, aside: int) -> None:
        """``aside`` is the pipe by which the guard learns the sweep's folder."""
        self._launcher = launcher
        self._settings = settings
        self._slots: frozenset[int] = frozenset()
        self._aside = aside
        self._me = process.this()
        self._guardian = guardian
        self._environ = dict(os.environ)
        self._running: dict[str, Running] = {}
        self._waiting = Waiting()
        self._forkers: list[Forker] = []
        """All that are heard, also those that get no more requests."""
        self._warm: Forker | None = None
        self._deaths = 0
        self._records = Records()
        self._strays = Strays()
        guard.adopt_orphans()
        self._wake = Wake.on_child()
        if settings.warm:
            self._start_warm_parent()

    def serve(self) -> None:
        """Until the launcher has gone and the last trial has ended."""
        while self._launcher.open or self._running or self._records.waiting:
            ready = self._select()
            if self._wake.reader in ready:
                self._wake.drain()
            if self._launcher.channel in ready or self._launcher.pending:
                self._take(self._launcher.read())
            for forker in list(self._forkers):
                if forker.lines.channel in ready or forker.lines.pending:
                    self._hear(forker)
            for record in self._records.retry():
                self._ended(record.path)
            self._reap()
            self._end_overdue()
            self._start_waiting()
        for forker in self._forkers:
            if not forker.ready:  # nobody waits for what it imports
                os.kill(forker.pid, signal.SIGKILL)

    def _select(self) -> list[Any]:
        lines = [*([self._launcher] if self._launcher.open else []), *(forker.lines for forker in self._forkers)]
        due = [running.deadline for running in self._running.values() if running.pid and running.deadline]
        if self._warm is not None and not self._warm.ready:
            due.append(self._warm.since + self._settings.warming)
        if self._records.pause is not None:
            due.append(time.monotonic() + self._records.pause)
        if any(one.pending for one in lines):
            due.append(0.0)
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        watched: list[Any] = [self._wake.reader, *(one.channel for one in lines)]
        return select.select(watched, [], [], timeout)[0]

    # -- requests ---------------------------------------------------------------------------------------------

    def _take(self, messages: list[dict[str, Any]]) -> None:
        if not self._launcher.open:
            self._waiting.clear()  # the next launcher submits again what has not started
            return
        for message in messages:
            if "folder" in message:
                os.write(self._aside, os.fsencode(message["folder"]))
                output.keep(f"{message['folder']}/keeper.log")
            elif "end" in message:
                self._end(message["end"], Reason(message["reason"]))
            elif "slots" in message:
                self._slots = frozenset(message["slots"])
            elif message["path"] not in self._running and message["path"] not in self._waiting:
                self._waiting.add(child.Request.of(message))

    def _start_waiting(self) -> None:
        """As many as there are free slots, in the order they came."""
        if self._warm is not None and not self._warm.ready:
            return
        free = sorted(self._slots.difference(running.request.slot for running in self._running.values()))
        for slot in free[: len(self._waiting)]:
            request = self._waiting.take()
            variables = self._settings.variables[slot % len(self._settings.variables)]
            self._start(request._replace(slot=slot, env={**request.env, **variables}))

    def _start(self, request: child.Request) -> None:
        running = self._running[request.path] = Running(request, self._warm if request.warm else None)
        if running.forker is not None:
            running.forker.lines.send(request._asdict())
        else:
            self._spawn(running)

    def _spawn(self, running: Running) -> None:
        try:
            born = spawn(running.request, keepers=(self._me, self._guardian), environ=self._environ)
        except OSError as error:
            self._unborn(running, f"cannot start a trial: {error.strerror}")
            return
        running.claim = born.claim
        if born.claim is None:
            self._not_first(running, 0)
        elif born.pid:
            self._born(running, born.pid)
        else:
            self._record(never_ran(running.request, born.claim))

    # -- the warm parent --------------------------------------------------------------------------------------

    def _start_warm_parent(self) -> None:
        self._forkers.append(warm := Forker(self._be_warm, leave=self._leave))
        self._warm = warm

    def _be_warm(self, lines: Lines) -> NoReturn:
        from sweeper.backends.local import warm  # takes long, and the keeper itself does without

        assert self._settings.warm is not None
        warm.main(self._settings.warm, lines, (self._me, self._guardian))

    def _leave(self) -> None:
        """In a forked parent: what is the keeper's is closed."""
        self._wake.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._aside)
        self._launcher.close()
        for forker in self._forkers:
            forker.lines.close()

    def _hear(self, forker: Forker) -> None:
        for message in forker.lines.read():
            running = self._running.get(message.get("path", ""))
            if "ready" in message:
                forker.ready = True
                self._tell({"warm": message["ready"]})
            elif "cold" in message:
                self._go_cold("; ".join(message["cold"]))
            elif "trouble" in message:
                self._tell(message)
            elif running is not None and running.forker is forker:
                self._hear_of(running, message)
        if not forker.lines.open:
            self._lost(forker)

    def _hear_of(self, running: Running, message: dict[str, Any]) -> None:
        if "pid" in message:
            self._born(running, message["pid"])
        elif "ended" in message:
            self._not_first(running, message["ended"])
        elif "stale" in message:
            self._again(running)
            if self._warm is not None and running.forker is self._warm:
                self._warm.retire()
                self._start_warm_parent()
        else:
            self._unborn(running, message["unborn"])

    def _not_first(self, running: Running, pid: int) -> None:
        """``pid`` has ended, or never was. A child of an earlier parent may have come first; then that is the trial."""
        claim = claim_of(Attempt(running.request.path))
        if claim is not None and claim.process.pid != pid and self._me in claim.keepers:
            self._born(running, claim.process.pid)
        else:
            self._ended(running.request.path)

    def _unborn(self, running: Running, why: str) -> None:
        path = running.request.path
        self._again(running)
        if self._waiting.failed(path):
            self._waiting.drop(path)
            self._tell({"trouble": why})

    def _born(self, running: Running, pid: int) -> None:
        running.pid = pid
        self._tell({"started": running.request.path})
        if running.request.timeout and not running.asked:
            running.deadline = time.monotonic() + running.request.timeout
        if running.asked:
            process.end_group(pid, signal.SIGTERM)
        if (stray := self._strays.take(pid)) is not None:
            self._record(stray._replace(path=running.request.path, claim=running.claim))

    def _again(self, running: Running) -> None:
        """It has not started: its turn comes again. Claims keep that harmless."""
        del self._running[running.request.path]
        if self._launcher.open and not running.asked:
            self._waiting.put_back(running.request)

    def _lost(self, forker: Forker) -> None:
        """A parent has ended. Its children are ours now."""
        self._forkers.remove(forker)
        forker.lines.close()
        for running in [running for running in self._running.values() if running.forker is forker]:
            if running.pid is None:
                claim = claim_of(Attempt(running.request.path))
                if claim is None:
                    self._again(running)
                else:
                    self._born(running, claim.process.pid)
        if forker is self._warm:
            self._deaths += 1
            if self._deaths < DEATHS:
                self._start_warm_parent()
            else:
                self._go_cold(f"the warm parent died {self._deaths} times")

    def _go_cold(self, why: str) -> None:
        self._warm = None
        self._tell({"cold": why})

    # -- endings ----------------------------------------------------------------------------------------------

    def _reap(self) -> None:
        """Parents, and children of parents that are gone."""
        for pid, status, usage in reaped():
            record = Record("", pid, status, time.time(), usage)
            owner = next((running for running in self._running.values() if running.pid == pid), None)
            if owner is not None:
                self._record(record._replace(path=owner.request.path, claim=owner.claim))
            else:
                self._strays.add(record)

    def _record(self, record: Record) -> None:
        if trouble := self._records.write(record):
            self._tell({"trouble": trouble})
        else:
            self._ended(record.path)

    def _ended(self, path: str) -> None:
        running = self._running.pop(path, None)
        self._waiting.started(path)
        if running is not None:
            if running.asked and running.pid:  # what the trial started must not outlive a time limit
                process.end_group(running.pid, signal.SIGKILL)
            self._tell({"ended": path})

    def _end(self, path: str, reason: Reason) -> None:
        running = self._running.get(path)
        self._waiting.drop(path)
        if running is not None and not running.asked:
            self._ask(running, reason)

    def _ask(self, running: Running, reason: Reason) -> None:
        attempt = Attempt(running.request.path)
        if not os.path.exists(attempt.ending):
            with contextlib.suppress(OSError):  # on a full disk it ends without a reason
                write(attempt.ending, reason)
        running.asked = True
        running.deadline = time.monotonic() + self._settings.grace
        if running.pid:
            process.end_group(running.pid, signal.SIGTERM)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        warming = self._settings.warming
        if self._warm is not None and not self._warm.ready and now >= self._warm.since + warming:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._warm.pid, signal.SIGKILL)
            self._go_cold(f"importing the trainer's libraries took more than {warming:g} s")
        for running in list(self._running.values()):
            if not running.pid or running.deadline is None or now < running.deadline:
                continue
            if running.asked:
                process.end_group(running.pid, signal.SIGKILL)
                running.deadline = now + self._settings.grace
            else:
                self._ask(running, Reason.TIMEOUT)

    def _tell(self, message: dict[str, Any]) -> None:
        if self._launcher.open:
            self._launcher.send(message)
