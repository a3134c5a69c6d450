"""The launcher's end of the wire to its keeper."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sweeper
from sweeper.backends.local import output
from sweeper.backends.local.channel import Lines
from sweeper.backends.local.settings import CHANNEL, Order

# The keeper runs in the trainer's working directory, and with its PYTHONPATH, where a file could hide a module of
# the standard library: its own imports come before these folders are put on the path.
_START = (
    "import os, sys; os.chdir({cwd!r}); path = sys.path[:]; own = os.environ.get('PYTHONPATH', '').split(os.pathsep);"
    " own = {{os.path.abspath(entry) for entry in own}};"
    " sys.path[:] = [{root!r}, *(entry for entry in path[not sys.flags.safe_path:] if entry not in own)];"
    " from sweeper.backends.local.begin import main; sys.path[:] = path; main({settings!r})"
)


class Link:
    """A running keeper. What was sent is not lost with it: the folders tell, and requests can be sent again."""

    def __init__(self, order: Order) -> None:
        settings, environ, cwd = order
        if not os.path.isdir(cwd):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), cwd)
        ours, theirs = socket.socketpair()
        root = str(Path(sweeper.__file__).parent.parent)
        start = _START.format(root=root, cwd=cwd, settings=json.dumps(settings))
        out = output.anonymous()
        streams = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out, 1),
            (os.POSIX_SPAWN_DUP2, out, 2),
            (os.POSIX_SPAWN_DUP2, theirs.fileno(), CHANNEL),
        ]
        # Not by subprocess: importing it takes as long as starting a process.
        command = [sys.executable, "-c", start]
        self._pid = os.posix_spawn(sys.executable, command, environ, file_actions=streams, setsid=True)
        os.close(out)
        theirs.close()
        self._channel = ours
        self._lines = Lines(ours)

    @property
    def open(self) -> bool:
        """Whether the keeper still listens."""
        return self._lines.open

    def send(self, message: Mapping[str, Any]) -> None:
        """Ask the keeper for something."""
        self._lines.send(dict(message))

    def wait(self, seconds: float) -> bool:
        """Whether the keeper has something to say within that time."""
        return self._lines.pending or bool(select.select([self._channel], [], [], seconds)[0])

    def read(self) -> list[dict[str, Any]]:
        """What the keeper has said; never blocks."""
        messages = []
        while self._lines.open and self.wait(0):
            messages += self._lines.read()
        return messages

    def close(self) -> None:
        """Let the keeper go on alone: it ends with its last trial."""
        self._lines.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, os.WNOHANG)
