"""The launcher's end of the wire to its keeper."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sweeper
from sweeper.backends.local import output
from sweeper.backends.local.channel import Lines
from sweeper.backends.local.settings import Keeping

# The keeper runs in the trainer's working directory, and with its PYTHONPATH, where a file could hide a module of
# the standard library: its own imports come before these folders are put on the path.
_START = (
    "import os, sys; path = sys.path[:]; own = os.environ.get('PYTHONPATH', '').split(os.pathsep);"
    " own = {{os.path.abspath(entry) for entry in own}};"
    " sys.path[:] = [{root!r}, *(entry for entry in path[not sys.flags.safe_path:] if entry not in own)];"
    " from sweeper.backends.local.begin import main; sys.path[:] = path; main({fd}, {settings!r})"
)


class Link:
    """A running keeper. What was sent is not lost with it: the folders tell, and requests can be sent again."""

    def __init__(self, settings: Keeping, *, environ: Mapping[str, str], cwd: str) -> None:
        ours, theirs = socket.socketpair()
        root = str(Path(sweeper.__file__).parent.parent)
        start = _START.format(root=root, fd=theirs.fileno(), settings=json.dumps(settings))
        out = output.anonymous()
        self._process = subprocess.Popen(
            [sys.executable, "-c", start],
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        os.close(out)
        theirs.close()
        os.set_inheritable(ours.fileno(), False)
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
        self._process.poll()
        # The keeper outlives us on purpose; without this, Popen would warn that it still runs.
        self._process.returncode = self._process.returncode or 0
