"""The plumbing that launcher, keeper and parents share: messages over a socket, wake-ups, ended children."""

from __future__ import annotations

import contextlib
import json
import os
import select
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
    """JSON messages, one a line, over a socket, both ways."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self._data = b""
        self._ended = False
        self.open = True

    @property
    def pending(self) -> bool:
        """Whether ``read`` has something without waiting, though a select would not say so."""
        return self.open and (b"\n" in self._data or self._ended)

    def read(self) -> list[dict[str, Any]]:
        """What has arrived; sets ``open`` to False at the end of the stream."""
        if not self.pending:
            self._pull()
        self.open = not self._ended
        *lines, self._data = self._data.split(b"\n")
        return [json.loads(line) for line in lines]

    def _pull(self) -> None:
        try:
            data = self.channel.recv(1 << 16)
        except OSError:
            data = b""
        self._data += data
        self._ended = not data

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; an end that is gone is fine, the files on disk tell the story.

        Reads while the other end does not: two ends that both wait to send would wait for ever.
        """
        data = memoryview(json.dumps(message).encode() + b"\n")
        with contextlib.suppress(OSError):
            while data:
                try:
                    data = data[self.channel.send(data, socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    readable, _, _ = select.select([] if self._ended else [self.channel], [self.channel], [])
                    if readable:
                        self._pull()

    def close(self) -> None:
        """Nothing more is sent or heard."""
        self.open = False
        self.channel.close()


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
