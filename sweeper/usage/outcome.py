"""What a parser says of one argv; the same for docopt and argparse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sweeper.lean import dataclass


@dataclass(frozen=True, slots=True)
class Reached:
    """An accepted argv: the texts that each element got, or how often a flag or a command was given."""

    values: Mapping[str, tuple[str, ...] | int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused argv: what the parser itself said, with the element where it named one; docopt often says nothing."""

    said: tuple[tuple[str | None, str], ...] = ()


Outcome: TypeAlias = "Reached | Refused"
