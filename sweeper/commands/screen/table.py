"""The trials: any number of them, of which only those on the screen are read and drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sweeper.commands.screen.columns import Column

STATES = {"failed": "red", "lost": "red", "cancelled": "yellow", "running": "cyan", "succeeded": "green"}
_GAP = "  "


class TrialTable(ScrollView, can_focus=True):
    """Rows by place; the cursor stays with its trial, wherever that moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "end(False)", show=False),
        Binding("end,G", "end(True)", show=False),
        Binding("enter,l", "open", "Log"),
    ]
    DEFAULT_CSS = """
    TrialTable { height: 1fr; overflow-x: auto; overflow-y: auto; }
    """

    class Moved(Message):
        """The cursor is on another trial."""

    class Opened(Message):
        """The trial under the cursor is to be opened."""

    def __init__(self, read: Callable[[Sequence[str]], Sequence[Sequence[str]]]) -> None:
        super().__init__()
        self._read = read
        """The cells of some trials, each with its state as the third."""
        self._ids: Sequence[str] = ()
        self._columns: Sequence[Column] = ()
        self._widths: list[int] = []
        self._rows: dict[int, Sequence[str]] = {}
        """Those that were read since the last change, by place."""
        self.cursor = 0

    @property
    def trial(self) -> str | None:
        """Under the cursor."""
        return self._ids[self.cursor] if self.cursor < len(self._ids) else None

    def show(self, ids: Sequence[str], columns: Sequence[Column], *, keep: bool = True) -> None:
        """List these; with ``keep`` the cursor goes where its trial went, else to the first."""
        before = self.trial
        if self._columns != columns:
            self._columns = columns
            self._widths = [max(column.least, min(column.most, cell_len(column.name))) for column in columns]
        self._rows = {}
        at_top = self.scroll_offset.y == 0 and self.cursor == 0
        if ids is not self._ids:
            places = {} if at_top or not keep else {trial: place for place, trial in enumerate(ids)}
            self._ids = ids
            place = places.get(before or "", 0 if at_top or not keep else min(self.cursor, max(0, len(ids) - 1)))
            shift, self.cursor = place - self.cursor, place
            if shift and not at_top:  # its line on the screen stays the same
                self.scroll_to(y=max(0, self.scroll_offset.y + shift), animate=False)
        self._measure()
        if self.trial != before:
            self.post_message(self.Moved())
        self.refresh()

    def _measure(self) -> None:
        """Columns only ever get wider, so that nothing moves to and fro."""
        self._load()
        for cells in self._rows.values():
            for at, text in enumerate(cells):
                self._widths[at] = max(self._widths[at], min(self._columns[at].most, cell_len(text)))
        width = sum(self._widths) + len(_GAP) * len(self._widths) + 1
        self.virtual_size = Size(width, len(self._ids) + 1)

    def _load(self) -> None:
        """Read what is on the screen and has not been read yet."""
        first = max(0, self.scroll_offset.y)
        wanted = [at for at in range(first, min(len(self._ids), first + self.size.height)) if at not in self._rows]
        if wanted:
            found = self._read([self._ids[at] for at in wanted])
            self._rows.update(zip(wanted, found, strict=False))

    def render_line(self, y: int) -> Strip:
        """One line of the window; the first is the headings."""
        left, top = self.scroll_offset
        width = self.size.width
        if y == 0:
            self._load()
            names = [column.name for column in self._columns]
            strip = self._strip(names, lambda _: Style(bold=True, underline=True))
            return strip.crop_extend(left, left + width, self.rich_style)
        place = top + y - 1
        cells = self._rows.get(place)
        if cells is None:
            return Strip.blank(width, self.rich_style)
        under = place == self.cursor
        mark = Style(reverse=True) if under else Style()
        color = None if under else STATES.get(cells[2].partition(" ")[0])
        strip = self._strip(cells, lambda at: mark + Style(color=color) if at == 2 and color else mark)
        return strip.crop_extend(left, left + width, self.rich_style + mark)

    def _strip(self, texts: Sequence[str], style: Callable[[int], Style]) -> Strip:
        segments = [Segment(" ", self.rich_style + style(-1))]
        for at, (text, width, column) in enumerate(zip(texts, self._widths, self._columns, strict=False)):
            if cell_len(text) > width:
                text = set_cell_size(text, width - 1) + "…"
            pad = " " * (width - cell_len(text))
            shown = pad + text if column.is_number else text + pad
            segments.append(Segment(shown + _GAP, self.rich_style + style(at)))
        return Strip(segments)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are on the screen."""
        super().watch_scroll_y(old_value, new_value)
        self._load()

    def on_resize(self) -> None:
        """More rows may be on the screen."""
        self._load()
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """The row under the pointer; twice opens it."""
        place = self.scroll_offset.y + event.y - 1
        if event.y and place < len(self._ids):
            self._go(place)
            if event.chain == 2:
                self.action_open()

    def action_move(self, by: int) -> None:
        """Some rows up or down."""
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """A screen up or down."""
        self._go(self.cursor + by * max(1, self.size.height - 2))

    def action_end(self, last: bool) -> None:
        """The first or the last."""
        self._go(len(self._ids) if last else 0)

    def action_open(self) -> None:
        """Open the trial."""
        if self.trial is not None:
            self.post_message(self.Opened())

    def _go(self, place: int) -> None:
        place = max(0, min(place, len(self._ids) - 1))
        if place != self.cursor:
            self.cursor = place
            self.post_message(self.Moved())
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        """Scroll as little as brings the cursor under the headings and above the end."""
        top, rows = self.scroll_offset.y, max(1, self.scrollable_content_region.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False, immediate=True)
        self._load()

    def line_of_cursor(self) -> Region:
        """Where the cursor is drawn in the window."""
        return Region(0, self.cursor - self.scroll_offset.y + 1, self.size.width, 1)
