"""What a search is told of the proposals before the one that it is asked for."""

from __future__ import annotations

from typing import Literal

from sweeper.lean import dataclass
from sweeper.model import Point


@dataclass(frozen=True, slots=True)
class Told:
    """One earlier proposal, as the ledger knows it now."""

    number: int
    """Which proposal; below 0 for a trial of an earlier sweep."""
    point: Point
    state: Literal["running", "succeeded", "failed", "cancelled"]
    """``failed``: by its own fault. ``cancelled``: whatever ended it says nothing about the point."""
    value: float | None = None
    """The metric as the trainer reports it, of several runs their mean; None where there is no number."""
    values: tuple[float | None, ...] = ()
    """The same of each further objective, where the sweep has some."""
    violated: int = 0
    """Conditions on metrics that it does not meet: its value counts for nothing, however good."""
