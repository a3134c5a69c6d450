"""A question to be answered with yes or no; anything but yes is no."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class Ask(ModalScreen[bool]):
    """Above the screen until it is answered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,q,escape,enter", "answer(False)", "No"),
    ]
    DEFAULT_CSS = """
    Ask { align: center middle; }
    Ask > Vertical {
        width: auto; max-width: 90%; height: auto; padding: 1 2; border: round $warning; background: $surface;
    }
    Ask Static { width: auto; max-width: 100%; }
    """

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question, and how to answer it."""
        with Vertical():
            yield Static(Text(self._question))
            yield Static(Text("y = yes, n = no", style="bold"))

    def action_answer(self, answer: bool) -> None:
        """Give it back."""
        self.dismiss(answer)
