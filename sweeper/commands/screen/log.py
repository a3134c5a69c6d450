"""What one trial prints, as it prints it."""

from __future__ import annotations

import re
import threading
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, Log, Static

from sweeper.commands.shared import existing
from sweeper.driver.refresh import Kept
from sweeper.errors import SweeperError
from sweeper.ledger.rows import SweepRow
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings

EVERY = 0.5
"""Seconds between two looks."""
MOST = 20_000
"""Lines that are kept; the whole log is `sweeper logs`."""
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")
_OTHERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class LogScreen(Screen[None]):
    """Over the table; it follows the end unless somebody scrolls up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "app.pop_screen", "Back"),
        Binding("f", "follow", "Follow"),
    ]
    DEFAULT_CSS = """
    LogScreen > Static { height: 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    LogScreen > Log { height: 1fr; }
    """

    def __init__(self, row: SweepRow, trial: str, here: Surroundings) -> None:
        super().__init__()
        self._row = row
        self._trial = trial
        self._here = here
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def compose(self) -> ComposeResult:
        """Whose log it is, the log, the keys."""
        yield Static(Text(f"trial {self._trial}", style="bold"), id="whose")
        yield Log(max_lines=MOST)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to read."""
        self.query_one(Log).focus()
        self._thread.start()

    def on_unmount(self) -> None:
        """No more of it."""
        self._ended.set()

    def action_follow(self) -> None:
        """Go to the end, and stay there."""
        log = self.query_one(Log)
        log.auto_scroll = True
        log.scroll_end(animate=False)

    def _follow(self) -> None:
        """In a thread: a backend may take its time."""
        printed = 0
        try:
            with existing(self._here) as ledger, Kept() as kept:
                while not self._ended.is_set():
                    jobs = ledger.jobs(self._row.id, self._trial)
                    job = jobs[-1] if jobs else None
                    text = "".join(kept.backend(self._row, self._here).output(job.handle)) if job and job.handle else ""
                    self._tell(f"trial {self._trial}" + (f", attempt {job.attempt}: {job.state}" if job else ""))
                    if len(text) > printed:
                        self._write(text[printed:])
                        printed = len(text)
                    if job and job.state in FINAL:
                        return
                    self._ended.wait(EVERY)
        except SweeperError as error:
            self._tell(str(error))

    def _tell(self, text: str) -> None:
        self._later(lambda: self.query_one("#whose", Static).update(Text(text, style="bold")))

    def _write(self, text: str) -> None:
        shown = printable(text)
        self._later(lambda: self.query_one(Log).write(shown, scroll_end=None))

    def _later(self, what: object) -> None:
        if not self._ended.is_set():
            self.app.call_later(what)  # type: ignore[arg-type]


def printable(text: str) -> str:
    """Without what moves the cursor or colours the terminal; a bar that is drawn over and over is its last state."""
    lines = _ESCAPES.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(_OTHERS.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in lines)
