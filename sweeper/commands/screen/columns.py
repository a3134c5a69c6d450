"""The cells of one trial, as texts."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.commands.shared import duration, number, short
from sweeper.commands.watching.outlook import trial_left
from sweeper.commands.watching.picture import Background
from sweeper.lean import dataclass
from sweeper.model import Value
from sweeper.results.glance import Glimpse
from sweeper.results.table import text_of
from sweeper.states import LIVE

NOT_RANKED = ("failed", "cancelled", "lost")
WIDEST, WIDEST_WHY = 28, 64
"""Cells are cut there; all of a trial is below the table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    name: str
    is_number: bool = False
    least: int = 3
    most: int = WIDEST


def columns(metric: str, varying: Sequence[str], *, notes: bool) -> list[Column]:
    """Ours, then the parameters; with ``notes``, why a trial ended as it did stands before them."""
    ours = [
        Column("#", True),
        Column("trial", least=8),
        Column("state", least=11),
        Column(text_of(metric), True, least=9),
        Column("step", True, least=4),
        Column("time", True, least=9),
        Column("left", True, least=8),
    ]
    return [
        *ours,
        *([Column("why", least=WIDEST, most=WIDEST_WHY)] if notes else []),
        *(Column(text_of(name)) for name in varying),
    ]


def cells(one: Glimpse, varying: Sequence[str], background: Background, now: float, *, notes: bool) -> list[str]:
    """Their texts, in the order of ``columns``."""
    live = one.state in LIVE
    value = (one.metric if one.value is None else one.value) if live else one.metric
    if one.state in NOT_RANKED:
        value = None  # what a failed attempt left is no result
    elapsed = None if one.started is None else max(0.0, (one.ended or now) - one.started)
    left = None
    if live and elapsed is not None:
        left = trial_left(elapsed, step=one.step, last=background.last_step, typical=background.typical)
    ours = [
        str(one.number),
        short(one.trial),
        f"{one.state} ({one.attempt})" if one.attempt > 1 else one.state,
        "" if value is None else number(value),
        "" if one.step is None else str(one.step),
        "" if elapsed is None else duration(elapsed),
        "" if left is None else duration(left),
    ]
    why = [": ".join(filter(None, (one.reason, one.note)))] if notes else []
    params = (_shown(one.params[name]) if name in one.params else "" for name in varying)
    return [text_of(text) for text in (*ours, *why, *params)]


def _shown(value: Value) -> str:
    return number(value) if isinstance(value, float) else text_of(value)
