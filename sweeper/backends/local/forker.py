"""The keeper's end of the wire to a parent that forks trials."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import NoReturn

from sweeper.backends.local.channel import Lines


class Forker:
    """A parent that the keeper has forked. It lives until its last child has ended, also without the keeper."""

    def __init__(self, main: Callable[[Lines], NoReturn], *, leave: Callable[[], None]) -> None:
        """``leave`` undoes, in the forked process, what is the keeper's; ``main`` never returns."""
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                ours.close()
                leave()
                main(Lines(theirs))
            finally:
                os._exit(1)
        theirs.close()
        self.lines = Lines(ours)
        self.ready = False
        self.since = time.monotonic()

    def retire(self) -> None:
        """It gets no more requests, and is heard until its children have ended."""
        self.lines.channel.shutdown(socket.SHUT_WR)
