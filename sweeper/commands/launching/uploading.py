"""What is said of an upload: one line when it begins, and a bar on a terminal where it takes a while."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.commands.line import Line
from sweeper.surroundings import Surroundings

WIDTH = 30
"""Characters of the bar."""


def shown_on(line: Line, here: Surroundings) -> Callable[[str, int, int], None]:
    """A listener for uploads: address, bytes that have arrived, bytes in all."""

    def show(url: str, done: int, size: int) -> None:
        name = url.rpartition("/")[2]
        if done == 0:
            here.say(f"uploading {name} ({megabytes(size)}) to {url}")
        elif here.lively:
            line.say(bar(name, done, size))

    return show


def bar(name: str, done: int, size: int) -> str:
    """How far an upload is."""
    part = done / size if size else 1.0
    full = int(part * WIDTH)
    return f"{name} [{'#' * full}{'-' * (WIDTH - full)}] {part:4.0%} of {megabytes(size)}"


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1e6:.1f} MB" if size >= 50_000 else f"{size / 1e3:.1f} kB"
