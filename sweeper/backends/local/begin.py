"""Where the process that a launcher starts begins: as the guard of the keeper, which it forks."""

from __future__ import annotations

import json
import os
import socket

from sweeper.backends.local import guard, process
from sweeper.backends.local.channel import Lines
from sweeper.backends.local.keeper import Keeper
from sweeper.backends.local.settings import CHANNEL, Keeping


def main(settings: str) -> None:
    """``settings`` is a Keeping as JSON."""
    # What the launcher's own caller had open is not to be held by processes that outlive it.
    os.closerange(CHANNEL + 1, 1 << 16)
    launcher = socket.socket(fileno=CHANNEL)
    launcher.set_inheritable(False)

    def keep(guardian: process.Process, aside: int) -> None:
        Keeper(Lines(launcher), Keeping.of(json.loads(settings)), guardian, aside).serve()

    guard.guarded(keep, leave=launcher.close)
