"""Where the process that a launcher starts begins: as the guard of the keeper, which it forks."""

from __future__ import annotations

import json
import socket

from sweeper.backends.local import guard, process
from sweeper.backends.local.channel import Lines
from sweeper.backends.local.keeper import Keeper
from sweeper.backends.local.settings import Keeping


def main(fd: int, settings: str) -> None:
    """``fd`` is the launcher's socket, ``settings`` a Keeping as JSON."""
    launcher = socket.socket(fileno=fd)
    launcher.set_inheritable(False)

    def keep(guardian: process.Process, aside: int) -> None:
        Keeper(Lines(launcher), Keeping.of(json.loads(settings)), guardian, aside).serve()

    guard.guarded(keep, leave=launcher.close)
