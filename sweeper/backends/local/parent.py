"""The loop of a process that forks one child per request and writes how each ended.

If it is killed, its children go to the keeper, which is their subreaper and writes their exit records; if the keeper is
killed, it goes on until its children have ended.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any, NoReturn

from sweeper.backends.local import child, output
from sweeper.backends.local.channel import Lines, Wake, reaped
from sweeper.backends.local.folder import Attempt, claim_of
from sweeper.backends.local.records import Record, Records


class Parent:
    """``become`` runs in the child, and never returns."""

    def __init__(
        self,
        lines: Lines,
        become: Callable[[child.Request], NoReturn],
        *,
        stale: Callable[[], bool] = lambda: False,
    ) -> None:
        self._lines = lines
        self._become = become
        self._stale = stale
        self._running: dict[int, str] = {}
        self._settled = False
        self._records = Records()
        self._handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGCHLD, signal.SIGTERM)}
        self._wake = Wake.on_child()

    def serve(self) -> None:
        """Until the keeper has closed the channel and every child has ended and is written down."""
        while self._lines.open or self._running or self._records.waiting:
            watched: list[Any] = [self._wake.reader, *([self._lines.channel] if self._lines.open else [])]
            timeout = 0 if self._lines.pending else self._records.pause
            ready, _, _ = select.select(watched, [], [], timeout)
            for record in self._records.retry():
                self._lines.send({"path": record.path, "ended": record.pid})
            if self._wake.reader in ready:
                self._wake.drain()
                self._reap()
            if self._lines.channel in ready or self._lines.pending:
                for message in self._lines.read():
                    self._start(child.Request.of(message))

    def _settle_in(self, folder: str) -> None:
        """Only the first request tells where the sweep is kept."""
        self._settled = True
        output.keep(f"{folder}/warm.log")

    def _start(self, request: child.Request) -> None:
        if not self._settled:
            self._settle_in(os.path.dirname(os.path.dirname(request.path)))
        if self._stale():
            self._lines.send({"path": request.path, "stale": True})
            return
        try:
            pid = os.fork()
        except OSError as error:
            self._lines.send({"path": request.path, "unborn": f"cannot start a process: {error.strerror}"})
            return
        if pid == 0:
            self._run(request)
        self._running[pid] = request.path
        self._lines.send({"path": request.path, "pid": pid})

    def _run(self, request: child.Request) -> NoReturn:
        """In the forked child: undo what makes it the parent's, then be the trial."""
        try:
            self._wake.close()
            for signum, handler in self._handlers.items():
                signal.signal(signum, handler if handler is not None else signal.SIG_DFL)
            self._lines.close()
            self._become(request)
        except OSError as error:
            os._exit(error.errno or 1)
        except BaseException as error:
            os.write(2, f"sweeper: cannot start the trial: {error!r}\n".encode())
            os._exit(127)

    def _reap(self) -> None:
        for pid, status, usage in reaped():
            path = self._running.pop(pid, None)
            if path is None:
                continue
            if claim_of(Attempt(path)) is None:
                self._lines.send({"path": path, "unborn": why_unborn(status)})
            elif trouble := self._records.write(Record(path, pid, status, time.time(), usage)):
                self._lines.send({"trouble": trouble})
            else:
                self._lines.send({"path": path, "ended": pid})


def why_unborn(status: int) -> str:
    """What a child said that ended before it had claimed its attempt."""
    code = os.waitstatus_to_exitcode(status)
    return f"cannot start a trial: {os.strerror(code)}" if code > 0 else "a trial's process was killed as it started"
