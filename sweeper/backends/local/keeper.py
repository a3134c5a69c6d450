"""The keeper: has trials started, ends those that are over their time, and sees to it that each end is written.

It outlives the launcher. It imports nothing heavy and starts no trial itself: the parents do, which it forks. When
the launcher goes, the keeper takes no more requests and ends with its last trial.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from functools import partial
from typing import Any

from sweeper.backends.local import child, process
from sweeper.backends.local.channel import Lines, Wake, reaped
from sweeper.backends.local.folder import Attempt, claim_of, write
from sweeper.backends.local.forker import Forker
from sweeper.backends.local.parents import be_cold, be_warm
from sweeper.backends.local.records import Record, Records
from sweeper.backends.local.running import Running
from sweeper.backends.local.settings import Keeping
from sweeper.model import Reason

DEATHS = 3
"""So many warm parents may die before the trials start cold."""
_PR_SET_CHILD_SUBREAPER = 36
_STRAYS = 1000
"""Ended processes that are remembered because the message that names them may still come."""


def main(fd: int, settings: str) -> None:
    """``fd`` is the launcher's socket, ``settings`` a Keeping as JSON."""
    Keeper(Lines(socket.socket(fileno=fd)), Keeping.of(json.loads(settings))).serve()


class Keeper:
    """The keeper's loop and what it knows."""

    def __init__(self, launcher: Lines, settings: Keeping) -> None:
        self._launcher = launcher
        self._settings = settings
        self._slots: frozenset[int] = frozenset()
        self._me = process.this()
        self._running: dict[str, Running] = {}
        self._waiting: deque[child.Request] = deque()
        self._forkers: list[Forker] = []
        """All that are heard, also those that get no more requests."""
        self._warm: Forker | None = None
        self._cold: Forker | None = None
        self._deaths = 0
        self._births: dict[str, int] = {}
        """How often an attempt could not be started."""
        self._records = Records()
        self._strays: dict[int, Record] = {}
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
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
            forker.lines.close()

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
            if "end" in message:
                self._end(message["end"], Reason(message["reason"]))
            elif "slots" in message:
                self._slots = frozenset(message["slots"])
            elif not self._has(message["path"]):
                self._waiting.append(child.Request.of(message))

    def _has(self, path: str) -> bool:
        return path in self._running or any(request.path == path for request in self._waiting)

    def _start_waiting(self) -> None:
        """As many as there are free slots, in the order they came."""
        if self._warm is not None and not self._warm.ready:
            return
        free = sorted(self._slots.difference(running.request.slot for running in self._running.values()))
        for slot in free[: len(self._waiting)]:
            request = self._waiting.popleft()
            variables = self._settings.variables[slot % len(self._settings.variables)]
            self._start(request._replace(slot=slot, env={**request.env, **variables}))

    def _start(self, request: child.Request) -> None:
        forker = self._warm if request.warm and self._warm is not None else self._cold_parent()
        self._running[request.path] = Running(request, forker)
        forker.lines.send(request._asdict())

    # -- the parents ------------------------------------------------------------------------------------------

    def _start_warm_parent(self) -> None:
        assert self._settings.warm is not None
        self._warm = self._fork("warm", partial(be_warm, self._settings, self._me))

    def _cold_parent(self) -> Forker:
        if self._cold is None:
            self._cold = self._fork("cold", partial(be_cold, self._me))
        return self._cold

    def _fork(self, how: Any, main: Any) -> Forker:
        forker = Forker(how, main, leave=self._leave)
        self._forkers.append(forker)
        return forker

    def _leave(self) -> None:
        """In a forked parent: what is the keeper's is closed."""
        self._wake.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
        path = running.request.path
        if "pid" in message:
            self._born(running, message["pid"])
        elif "ended" in message:
            claim = claim_of(Attempt(path))
            # A child of an earlier parent may have come first; then that one is the trial.
            if claim is not None and claim.process.pid != message["ended"] and self._me in claim.keepers:
                self._born(running, claim.process.pid)
            else:
                self._ended(path)
        elif "stale" in message:
            self._again(running)
            if running.forker is self._warm:
                self._warm.retire()
                self._start_warm_parent()
        else:
            self._births[path] = self._births.get(path, 0) + 1
            self._again(running)
            if self._births[path] >= DEATHS:
                self._waiting = deque(request for request in self._waiting if request.path != path)
                self._tell({"trouble": message["unborn"]})

    def _born(self, running: Running, pid: int) -> None:
        running.pid = pid
        self._tell({"started": running.request.path})
        if running.request.timeout and not running.asked:
            running.deadline = time.monotonic() + running.request.timeout
        if running.asked:
            process.end_group(pid, signal.SIGTERM)
        stray = self._strays.pop(pid, None)
        if stray is not None:
            self._record(stray._replace(path=running.request.path))

    def _again(self, running: Running) -> None:
        """It has not started: its turn comes again. Claims keep that harmless."""
        del self._running[running.request.path]
        if self._launcher.open and not running.asked:
            self._waiting.appendleft(running.request)

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
        if forker is self._cold:
            self._cold = None
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
                self._record(record._replace(path=owner.request.path))
            else:
                self._strays[pid] = record
                if len(self._strays) > _STRAYS:
                    del self._strays[next(iter(self._strays))]

    def _record(self, record: Record) -> None:
        if trouble := self._records.write(record):
            self._tell({"trouble": trouble})
        else:
            self._ended(record.path)

    def _ended(self, path: str) -> None:
        running = self._running.pop(path, None)
        self._births.pop(path, None)
        if running is not None:
            if running.asked and running.pid:  # what the trial started must not outlive a time limit
                process.end_group(running.pid, signal.SIGKILL)
            self._tell({"ended": path})

    def _end(self, path: str, reason: Reason) -> None:
        running = self._running.get(path)
        self._waiting = deque(request for request in self._waiting if request.path != path)
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
