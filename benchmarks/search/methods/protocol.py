"""What the benchmark asks of a search method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sweeper.model import Point, Space


class Method(Protocol):
    """A search in one run: asked for points, told how trials ended, in the order of their ends."""

    def ask(self, number: int, /) -> Point:
        """The point of trial ``number``, 0 for the first, one more each time; parameters without effect left out."""

    def tell(self, number: int, value: float | None, /) -> None:
        """Trial ``number`` ended with this value, to be minimized; None: it failed."""


@dataclass(frozen=True)
class Setting:
    """What a method knows before its first trial."""

    space: Space
    seed: int
    trials: int
    batch: int
    """How many trials are under way at a time."""


Make = Callable[[Setting], Method]
