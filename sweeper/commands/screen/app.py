"""The full screen of ``sweeper watch``: the sweep above, its trials in the middle, one of them below."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Static

from sweeper.commands.screen.ask import Ask
from sweeper.commands.screen.columns import cells, columns
from sweeper.commands.screen.head import detail, head
from sweeper.commands.screen.log import LogScreen
from sweeper.commands.screen.looker import Looker
from sweeper.commands.screen.table import TrialTable
from sweeper.commands.shared import short
from sweeper.commands.watching.picture import Painter, Picture
from sweeper.errors import SweeperError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results import glance
from sweeper.states import LIVE
from sweeper.surroundings import Surroundings

EVERY, SHARE = 0.5, 9.0
"""Seconds between two looks at the least, and how many times longer it rests than a look took."""
_CURVE = 200
_LISTED = {"all": "{:,} trials", "running": "{:,} running", "ranked": "{:,} ranked", "failed": "{:,} without a result"}
_WORDS = {"running": "running first, then the best", "best": "best first", "newest": "newest first"}
_WORDS |= {"longest": "longest first", "number": "by number"}


class Watch(App[None]):
    """Shows one sweep, and changes nothing but what it is asked to cancel."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "View"),
        Binding("s", "order", "Sort"),
        Binding("r", "reverse", "Reverse"),
        Binding("c", "cancel", "Cancel trial"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]
    CSS = """
    Screen { overflow: hidden; }
    #head, #said, #detail { text-wrap: nowrap; text-overflow: ellipsis; }
    #head { height: auto; max-height: 4; padding: 0 1; }
    #said { height: 1; padding: 0 1; background: $panel; }
    #detail { height: 3; padding: 0 1; background: $panel; }
    Screen.-low #detail, Screen.-lowest #detail, Screen.-lowest #said, Screen.-lowest Footer { display: none; }
    Screen.-lowest #head { max-height: 2; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-lowest"), (10, "-low"), (18, "-high")]  # noqa: RUF012 - as its base has it

    def __init__(self, ledger: Ledger, row: SweepRow, here: Surroundings) -> None:
        plain = bool(here.environ.get("NO_COLOR"))
        super().__init__(ansi_color=plain or None)
        if plain:
            self.theme = "ansi-dark"
        self.title = row.id
        self._ledger = ledger
        self._row = row
        self._here = here
        self._painter = Painter(ledger, row, here)
        self._picture = Picture(row)
        self._looker = Looker(row, here, self._say)
        self._revision: tuple[int, int] | None = None
        self._rests_until = 0.0
        self._ids: Sequence[str] = ()
        self.view, self.order, self.down = "all", "running", False
        self.error: SweeperError | None = None
        """Why it ended by itself."""
        self.looks = 0
        """How often the ledger was read as a whole."""

    @property
    def at_rest(self) -> bool:
        """Nobody runs the sweep, and no trial is left running."""
        return self._looker.at_rest

    @property
    def table(self) -> TrialTable:
        """The trials."""
        return self.screen_stack[0].query_one(TrialTable)

    def compose(self) -> ComposeResult:
        """From the top to the bottom."""
        yield Static(id="head")
        yield Static(id="said")
        yield TrialTable(self._read)
        yield Static(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """The first picture at once, then one whenever something is new."""
        with suppress(NotImplementedError, RuntimeError, ValueError):  # not in the main thread: its owner hears them
            for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(one, self.exit)
        self._looker.start()
        self.table.focus()
        self.tick()
        self.set_interval(EVERY, self.tick)

    def on_unmount(self) -> None:
        """The sweep goes on."""
        self._looker.close()

    def tick(self, *, anew: bool = False) -> None:
        """Read what is new, unless the last look took long; times go on in any case."""
        began = time.monotonic()
        if began < self._rests_until and not anew:
            return
        try:
            self._look(anew=anew)
        except SweeperError as error:
            self.error = error
            self.exit()
        ended = time.monotonic()
        self._rests_until = ended + SHARE * (ended - began)

    def _look(self, *, anew: bool) -> None:
        revision = self._ledger.revision()
        if revision != self._revision or anew:
            self._revision = revision
            self._picture = self._painter.paint(time.time())
            self._ids = self._order()
            self.looks += 1
        self._draw()

    def _order(self) -> Sequence[str]:
        ids = glance.ids(
            *(self._ledger, self._row.id, self._row.metric),
            view=self.view,
            order=self.order,
            down=self.down,
            now=time.time(),
        )
        return self._ids if ids == self._ids else ids

    def _draw(self) -> None:
        screen, now = self.screen_stack[0], time.time()
        if not screen.query("#head"):  # it is being taken down
            return
        width = self.size.width - 2
        screen.query_one("#head", Static).update(head(self._picture, now, driven=self._looker.driven, width=width))
        words = f"{_WORDS[self.order]}{', reversed' if self.down else ''}"
        screen.query_one("#said", Static).update(Text(f"{_LISTED[self.view].format(len(self._ids))}, {words}"))
        varying = self._picture.background.varying
        self.table.show(self._ids, columns(self._row.metric.name, varying, notes=self.view == "failed"))
        self._draw_detail()

    def _draw_detail(self) -> None:
        text, trial = Text(""), self.table.trial
        if trial is not None and (found := glance.glimpses(self._ledger, self._row.id, self._row.metric.name, [trial])):
            curve = glance.curve(self._ledger, self._row.id, self._row.metric.name, trial, _CURVE)
            text = detail(found[0], curve, width=self.size.width - 2)
        self.screen_stack[0].query_one("#detail", Static).update(text)

    def _read(self, trials: Sequence[str]) -> list[list[str]]:
        """The cells of some trials, for the table."""
        now, background = time.time(), self._picture.background
        found = glance.glimpses(self._ledger, self._row.id, self._row.metric.name, trials)
        return [cells(one, background.varying, background, now, notes=self.view == "failed") for one in found]

    def on_trial_table_moved(self) -> None:
        """Another trial is under the cursor."""
        self._draw_detail()

    def on_trial_table_opened(self) -> None:
        """Its log."""
        if self.table.trial is not None:
            self.push_screen(LogScreen(self._row, self.table.trial, self._here))

    def action_view(self) -> None:
        """Other trials."""
        self.view = _next(tuple(glance.VIEWS), self.view)
        self.tick(anew=True)

    def action_order(self) -> None:
        """Another order."""
        self.order = _next(tuple(glance.ORDERS), self.order)
        self.tick(anew=True)

    def action_reverse(self) -> None:
        """The last first."""
        self.down = not self.down
        self.tick(anew=True)

    def action_cancel(self) -> None:
        """Ask, then stop the trial under the cursor."""
        trial = self.table.trial
        now = self._ledger.trial(self._row.id, trial) if trial is not None else None
        if trial is None or now is None:
            return
        if self._row.is_study:
            self.notify("a tuning service cannot stop a single trial of its study", severity="warning")
        elif now.state not in LIVE:
            self.notify(f"trial {short(trial)} has ended: {now.state}", severity="warning")
        else:
            question = f"Cancel trial {short(trial)} ({now.state})? It stays cancelled until it is retried."
            self.push_screen(Ask(question), self._answered(trial))

    def _answered(self, trial: str) -> Callable[[bool | None], None]:
        return lambda yes: self._looker.cancel(trial) if yes else None

    def _say(self, text: str) -> None:
        """From the looker's thread."""
        if self.is_running:
            self.call_later(self.notify, text, markup=False)


def _next(names: Sequence[str], name: str) -> str:
    return names[(names.index(name) + 1) % len(names)]
