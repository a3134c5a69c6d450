"""One line that is drawn again and again on a terminal, and elsewhere printed when it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sweeper.surroundings import Surroundings


class Line(Protocol):
    """Where progress is shown."""

    def say(self, text: str) -> None:
        """What the line says from now on."""


class Plain:
    """No terminal: a line of text for each change."""

    def __init__(self, here: Surroundings) -> None:
        self._here = here
        self._said = ""

    def say(self, text: str) -> None:
        """Print it, unless it was the last thing that was printed."""
        if text != self._said:
            self._said = text
            self._here.say(text)


@contextmanager
def line_on(here: Surroundings) -> Iterator[Line]:
    """A line for as long as the block runs; on a terminal it is gone afterwards."""
    if not here.lively:
        yield Plain(here)
        return
    from rich.console import Console  # only where there is a terminal to draw on
    from rich.live import Live
    from rich.text import Text

    class Drawn:
        def say(self, text: str) -> None:
            live.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)

    # What is said meanwhile goes to stderr as always, and rich moves it above the line.
    with Live(
        Text(""), console=Console(stderr=True), auto_refresh=False, transient=True, redirect_stdout=False
    ) as live:
        yield Drawn()
