"""The keeper: starts trials, waits for them and writes how they ended. It outlives the launcher.

It imports nothing heavy. Cold trials are its own children; warm ones are children of the warm parent, which it
forks once. When the launcher goes, the keeper takes no more requests and ends with its last trial.
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
from typing import Any

from sweeper.backends.local import child, process, warm
from sweeper.backends.local.channel import Lines, Wake, reaped, send
from sweeper.backends.local.folder import Attempt, claim_of, write, write_exit
from sweeper.model import Reason

GRACE = 5.0
"""Seconds between asking a trial to end and making it end."""
WARMING = 300.0
"""Seconds that importing the trainer's libraries may take before the trials start cold."""
_PR_SET_CHILD_SUBREAPER = 36


def main(fd: int, settings: str) -> None:
    """``fd`` is the launcher's socket, ``settings`` a JSON list of warm.Settings, or ``null`` for cold only."""
    found = json.loads(settings)
    keeper = Keeper(socket.socket(fileno=fd), warm.Settings(*found) if found else None)
    keeper.serve()


class Running:
    """One trial that the keeper looks after."""

    def __init__(self, request: child.Request, pid: int | None) -> None:
        self.request = request
        self.pid = pid
        """None: asked of the warm parent, not confirmed yet."""
        self.deadline = time.monotonic() + request.timeout if request.timeout else None
        self.asked = False


class Keeper:
    """The keeper's loop and what it knows."""

    def __init__(self, launcher: socket.socket, settings: warm.Settings | None) -> None:
        self._launcher = launcher
        self._lines = Lines(launcher)
        self._me = process.this()
        self._settings = settings
        self._running: dict[str, Running] = {}
        self._waiting: list[child.Request] = []
        self._parent: socket.socket | None = None
        self._parent_lines: Lines | None = None
        self._parent_pid = 0
        self._ready = False
        self._warming_ends = 0.0
        self._deaths = 0
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._wake = Wake.on_child()
        if settings:
            self._start_parent(settings)

    def serve(self) -> None:
        """Until the launcher has gone and the last trial has ended."""
        while self._lines.open or self._running:
            for ready in self._select():
                if ready is self._launcher:
                    self._take(self._lines.read())
                elif ready is self._parent:
                    self._hear()
                else:
                    self._wake.drain()
            self._reap()
            self._end_overdue()
        if self._parent is not None:
            self._parent.close()

    def _select(self) -> list[Any]:
        watched: list[Any] = [self._wake.reader]
        watched += [self._launcher] if self._lines.open else []
        watched += [self._parent] if self._parent is not None else []
        deadlines = [running.deadline for running in self._running.values() if running.deadline]
        if self._parent is not None and not self._ready:
            deadlines.append(self._warming_ends)
        timeout = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
        return select.select(watched, [], [], timeout)[0]

    # -- requests ---------------------------------------------------------------------------------------------

    def _take(self, messages: list[dict[str, Any]]) -> None:
        if not self._lines.open:
            self._waiting.clear()  # the next launcher submits again what has not started
            return
        for message in messages:
            if "end" in message:
                self._end(message["end"], Reason(message["reason"]))
            else:
                self._start(child.Request.of(message))

    def _start(self, request: child.Request) -> None:
        if request.path in self._running:
            return
        if not (request.warm and self._settings):
            self._start_cold(request)
        elif self._ready and self._parent is not None:
            self._running[request.path] = Running(request, None)
            send(self._parent, request._asdict())
        else:
            self._waiting.append(request)

    def _start_cold(self, request: child.Request) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_child()
            try:
                child.prepare(request, keepers=(self._me,), how="cold")
            except BaseException as error:
                os.write(2, f"sweeper: cannot start the trial: {error!r}\n".encode())
                os._exit(127)
            child.execute(request)
        self._running[request.path] = Running(request, pid)

    def _become_child(self) -> None:
        self._wake.close()
        for signum in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(signum, signal.SIG_DFL)
        self._launcher.close()
        if self._parent is not None:
            self._parent.close()

    # -- the warm parent --------------------------------------------------------------------------------------

    def _start_parent(self, settings: warm.Settings) -> None:
        ours, theirs = socket.socketpair()
        self._warming_ends = time.monotonic() + WARMING
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become_child()
            try:
                warm.main(settings, theirs, self._me)
            finally:
                os._exit(1)
        theirs.close()
        self._parent, self._parent_lines, self._parent_pid, self._ready = ours, Lines(ours), pid, False

    def _hear(self) -> None:
        assert self._parent_lines is not None
        for message in self._parent_lines.read():
            if "pid" in message:
                self._running[message["path"]].pid = message["pid"]
            elif "ended" in message:
                self._ended(message["path"])
            elif "ready" in message:
                self._ready = True
                self._tell({"warm": message["ready"]})
                self._start_waiting()
            else:
                self._go_cold("; ".join(message["cold"]))
                return
        if self._parent_lines is not None and not self._parent_lines.open:
            self._parent_died()

    def _parent_died(self) -> None:
        """Its children are ours now. What it had not started yet is asked again; claims keep that harmless."""
        self._deaths += 1
        self._drop_parent()
        unborn = []
        for running in self._running.values():
            if running.pid is None:
                claim = claim_of(Attempt(running.request.path))
                running.pid = claim.process.pid if claim else None
            if running.pid is None:
                unborn.append(running.request)
        for request in unborn:
            del self._running[request.path]
        self._waiting += unborn
        if self._deaths > 2 or self._settings is None:
            self._go_cold(f"the warm parent died {self._deaths} times")
        else:
            self._start_parent(self._settings)

    def _go_cold(self, why: str) -> None:
        self._settings = None
        self._drop_parent()
        self._tell({"cold": why})
        self._start_waiting()

    def _drop_parent(self) -> None:
        if self._parent is not None:
            self._parent.close()
        self._parent, self._parent_lines, self._ready = None, None, False

    def _start_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for request in waiting:
            self._start(request)

    # -- endings ----------------------------------------------------------------------------------------------

    def _reap(self) -> None:
        for pid, status, usage in reaped():
            for path, running in list(self._running.items()):
                if running.pid == pid:
                    write_exit(Attempt(path), pid, status, time.time(), usage)
                    self._ended(path)

    def _ended(self, path: str) -> None:
        running = self._running.pop(path, None)
        if running is not None:
            if running.asked and running.pid:  # what the trial started must not outlive a time limit
                process.end_group(running.pid, signal.SIGKILL)
            self._tell({"ended": path})

    def _end(self, path: str, reason: Reason) -> None:
        running = self._running.get(path)
        self._waiting = [request for request in self._waiting if request.path != path]
        if running is not None and not running.asked:
            self._ask(running, reason)

    def _ask(self, running: Running, reason: Reason) -> None:
        attempt = Attempt(running.request.path)
        if not os.path.exists(attempt.ending):
            write(attempt.ending, reason)
        running.asked = True
        running.deadline = time.monotonic() + GRACE
        if running.pid:
            process.end_group(running.pid, signal.SIGTERM)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        if self._parent is not None and not self._ready and now >= self._warming_ends:
            process_gone = contextlib.suppress(ProcessLookupError)
            with process_gone:
                os.kill(self._parent_pid, signal.SIGKILL)
            self._go_cold(f"importing the trainer's libraries took more than {WARMING:.0f} s")
        for running in list(self._running.values()):
            if running.deadline is None or now < running.deadline:
                continue
            if running.asked and running.pid:
                process.end_group(running.pid, signal.SIGKILL)
                running.deadline = now + GRACE
            elif running.pid:
                self._ask(running, Reason.TIMEOUT)

    def _tell(self, message: dict[str, Any]) -> None:
        if self._lines.open:
            send(self._launcher, message)
