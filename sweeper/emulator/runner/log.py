"""A job's log: its program writes two files, and an index says how long each was at what time.

So nothing that was printed is copied or goes through the emulator, whose death neither blocks the program nor loses a
line. What was printed on the two streams between two looks is told stream by stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from sweeper.emulator.runner.folder import STREAMS, JobFolder

SEVERITY = {"stdout": "INFO", "stderr": "ERROR"}
TAIL = 2000
"""Bytes of a failed program's errors that are told with its end."""

Line = tuple[float, str, str]


class Log:
    """Writes the index of one running job."""

    def __init__(self, folder: JobFolder) -> None:
        self._folder = folder
        self._sizes = {name: _size(folder, name) for name in STREAMS}

    def note(self, now: float, text: str, severity: str = "INFO") -> None:
        """A line of the service's own."""
        self._append(["service", now, severity, text])

    def look(self, now: float) -> None:
        """Whatever the program has printed since the last look, it has printed by now."""
        for name in STREAMS:
            size = _size(self._folder, name)
            if size > self._sizes[name] and self._append([name, now, size]):
                self._sizes[name] = size

    def _append(self, entry: list[Any]) -> bool:
        try:
            with open(self._folder.index, "a", encoding="utf-8") as index:
                index.write(json.dumps(entry) + "\n")
        except OSError:
            return False  # a full disk: what was printed is then told with a later time
        return True


def open_stream(folder: JobFolder, name: str) -> IO[bytes]:
    """For the program to write to; it adds to what an earlier run of the job has printed."""
    return open(folder.stream(name), "ab")


def read(folder: JobFolder) -> list[Line]:
    """All lines so far, in the order in which they were seen."""
    return list(_lines(folder))


def last_errors(folder: JobFolder) -> str:
    """The end of what the program wrote to stderr."""
    try:
        with open(folder.stream("stderr"), "rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - TAIL))
            return _text(stream.read().strip())
    except OSError:
        return ""


def _lines(folder: JobFolder) -> Iterator[Line]:
    streams = {name: _Stream(folder, name) for name in STREAMS}
    for entry in _index(folder):
        if entry[0] == "service":
            yield entry[1], entry[2], entry[3]
        else:
            yield from streams[entry[0]].until(entry[1], entry[2])
    for stream in streams.values():
        yield from stream.rest()


def _index(folder: JobFolder) -> Iterator[Any]:
    try:
        content = folder.index.read_text(encoding="utf-8")
    except OSError:
        return
    for line in content.splitlines(keepends=True):
        if line.endswith("\n"):  # the last one may be half written, by an emulator that was killed
            yield json.loads(line)


class _Stream:
    """Reads one file, part by part, and keeps what follows the last end of a line."""

    def __init__(self, folder: JobFolder, name: str) -> None:
        self._path = folder.stream(name)
        self._severity = SEVERITY[name]
        self._read = 0
        self._begun = b""
        self._time = 0.0

    def until(self, time: float, size: int) -> Iterator[Line]:
        self._time = time
        *whole, self._begun = (self._begun + self._part(size)).split(b"\n")
        yield from ((time, self._severity, _text(line)) for line in whole)

    def rest(self) -> Iterator[Line]:
        """What no look has seen: an earlier life of the emulator ended before it."""
        try:
            found = self._path.stat()
        except OSError:
            return
        yield from self.until(found.st_mtime if found.st_size > self._read else self._time, found.st_size)
        if self._begun:
            yield self._time, self._severity, _text(self._begun)

    def _part(self, size: int) -> bytes:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._read)
                part = file.read(max(0, size - self._read))
        except OSError:
            return b""
        self._read += len(part)
        return part


def _size(folder: JobFolder, name: str) -> int:
    try:
        return folder.stream(name).stat().st_size
    except OSError:
        return 0


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
