"""The warm parent: has imported what the trainer imports, and forks one child per trial.

It is itself forked from the keeper. If it is killed, its children go to the keeper, which is their subreaper and
writes their exit records; if the keeper is killed, the warm parent goes on until its children have ended.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import runpy  # noqa: F401  # imported here so that no child pays for it
import select
import signal
import socket
import sys
import time
from collections.abc import Iterable
from typing import Any, NamedTuple, NoReturn

from sweeper.backends.local import child, finish, hazards, imports, process
from sweeper.backends.local.channel import Lines, Wake, reaped, send
from sweeper.backends.local.folder import Attempt, write_exit


class Settings(NamedTuple):
    """What the keeper tells its warm parent."""

    module: str
    cwd: str
    threads: int
    watched: tuple[str, ...]
    """Variables whose value differs from trial to trial."""
    printed: str
    """A file for what the imports print; every trial's log begins with it, as after a cold start."""


def main(settings: Settings, channel: socket.socket, keeper: process.Process) -> NoReturn:
    """Import, say ``ready`` or why not, then fork a trial for every request."""
    preloaded, problems = _warm_up(settings)
    if problems:
        send(channel, {"cold": problems})
        os._exit(0)
    parent = Parent(channel, settings, (keeper, process.this()), preloaded)
    send(channel, {"ready": sorted(name for name in preloaded if "." not in name)})
    parent.serve()
    os._exit(0)


def _warm_up(settings: Settings) -> tuple[frozenset[str], list[str]]:
    os.chdir(settings.cwd)
    sys.path[0] = os.getcwd()  # as `python -m` has it
    out = os.open(settings.printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)
    stop = hazards.watch(settings.watched)
    _import_all(imports.read(settings.module, sys.path).imports)
    if settings.threads != 1 and "numpy" in sys.modules:
        with contextlib.suppress(ImportError):
            __import__("threadpoolctl")
    problems = list(hazards.found(variables_read=stop(), trial_threads=settings.threads, modules=sys.modules))
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return frozenset(sys.modules), problems


def _import_all(wanted: Iterable[imports.Import]) -> None:
    for one in wanted:
        try:
            __import__(one.name, {}, {}, one.names, 0)
        except BaseException:  # each trial meets it again, and reports it in its own log
            return


class Parent:
    """The loop of the warm parent."""

    def __init__(
        self,
        channel: socket.socket,
        settings: Settings,
        keepers: tuple[process.Process, ...],
        preloaded: frozenset[str],
    ) -> None:
        self._channel = channel
        self._settings = settings
        self._keepers = keepers
        self._preloaded = preloaded
        self._running: dict[int, str] = {}
        with open(settings.printed, "rb") as file:
            self._printed = file.read()
        self._handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGCHLD, signal.SIGTERM)}
        self._wake = Wake.on_child()

    def serve(self) -> None:
        """Until the keeper has closed the channel and every child has ended."""
        # Moved out of the collector's sight: children neither copy these pages nor look through them at exit.
        gc.collect()
        gc.freeze()
        lines = Lines(self._channel)
        while lines.open or self._running:
            watched: list[Any] = [self._wake.reader, *([self._channel] if lines.open else [])]
            ready, _, _ = select.select(watched, [], [])
            if self._wake.reader in ready:
                self._wake.drain()
                self._reap()
            if self._channel in ready:
                for message in lines.read():
                    self._fork(child.Request.of(message))

    def _fork(self, request: child.Request) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(request)
        self._running[pid] = request.path
        send(self._channel, {"path": request.path, "pid": pid})

    def _reap(self) -> None:
        for pid, status, usage in reaped():
            path = self._running.pop(pid, None)
            if path is not None:
                write_exit(Attempt(path), pid, status, time.time(), usage)
                send(self._channel, {"path": path, "ended": pid})

    def _become(self, request: child.Request) -> NoReturn:
        """In the forked child: undo what makes it the parent's, then run the trainer."""
        try:
            self._wake.close()
            for signum, handler in self._handlers.items():
                signal.signal(signum, handler if handler is not None else signal.SIG_DFL)
            self._channel.close()
            child.prepare(request, keepers=self._keepers, how="warm")
            if self._printed:
                os.write(1, self._printed)
            os.environ.update(request.env)
            self._be_fresh()
        except BaseException as error:
            os.write(2, f"sweeper: cannot start the trial: {error!r}\n".encode())
            os._exit(127)
        finish.run(request.argv, preloaded=self._preloaded)

    def _be_fresh(self) -> None:
        """What a new interpreter would have drawn or measured for itself."""
        hazards.limit_threads(self._settings.threads)
        random.seed()
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        if "multiprocessing.process" in sys.modules:
            sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
        for finder in list(sys.path_importer_cache.values()):
            # A module edited since the parent listed its folder must be found.
            if finder is not None and hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()
        for name in [name for name in sys.modules if name.partition(".")[0] == "sweeper"]:
            del sys.modules[name]
