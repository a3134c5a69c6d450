"""The plumbing that the keeper and the warm parent share: messages over a socket, wake-ups, ended children."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterable
from typing import Any, NamedTuple


class Wake(NamedTuple):
    """A pipe that becomes readable when a signal arrives, so that a select can wait for both."""

    reader: int
    writer: int

    @staticmethod
    def on_child() -> Wake:
        """Wake up when a child ends."""
        wake = Wake(*os.pipe())
        for fd in wake:
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(wake.writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        return wake

    def drain(self) -> None:
        """Forget the wake-ups that have arrived."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.reader, 4096):
                pass

    def close(self) -> None:
        """In a forked child: signals are its own again."""
        signal.set_wakeup_fd(-1)
        for fd in self:
            os.close(fd)


class Lines:
    """JSON messages, one a line, from a socket."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._rest = b""
        self.open = True

    def read(self) -> list[dict[str, Any]]:
        """What has arrived; sets ``open`` to False at the end of the stream."""
        try:
            data = self._channel.recv(1 << 16)
        except ConnectionError:
            data = b""
        self.open = bool(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines]


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Send one message; an end that is gone is fine."""
    with contextlib.suppress(OSError):  # the other end is gone; the files on disk tell the story
        channel.sendall(json.dumps(message).encode() + b"\n")


def reaped() -> Iterable[tuple[int, int, Any]]:
    """Every child that has ended: pid, wait status, resource usage."""
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status, usage
