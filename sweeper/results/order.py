"""Who ranks before whom: the places of trials, in Python and in SQL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from sweeper.model import Metric, State


class Place(IntEnum):
    """The groups of trials, in the order in which they are listed. Only the first has ranks."""

    RANKED = 0  # succeeded, with a finite metric
    VIOLATES = 1  # succeeded, with a finite metric, but breaks a condition on metrics
    NO_NUMBER = 2  # succeeded, but the metric is missing, NaN or infinite
    ENDED = 3  # failed, cancelled, lost
    RUNNING = 4
    WAITING = 5


PLACES: Mapping[str, Place] = {
    State.SUCCEEDED: Place.RANKED,
    State.FAILED: Place.ENDED,
    State.CANCELLED: Place.ENDED,
    State.LOST: Place.ENDED,
    State.RUNNING: Place.RUNNING,
    State.QUEUED: Place.WAITING,
    State.SUBMITTING: Place.WAITING,
}
"""The place of a trial in each state; of a succeeded one, if its metric is finite."""

_OTHERS = " ".join(f"WHEN '{state}' THEN {place:d}" for state, place in PLACES.items() if place != Place.RANKED)
# 9e999 is SQLite's infinity. A NULL, as a NaN is stored, compares with nothing and goes on to ELSE.
RANKED = f"state = '{State.SUCCEEDED}' AND abs(metric) < 9e999"
_PLACE = f"CASE WHEN {RANKED} THEN 0 ELSE CASE state {_OTHERS} ELSE {Place.NO_NUMBER:d} END END"
ORDER_BY: Mapping[str, str] = {
    goal: f"{_PLACE}, CASE WHEN {RANKED} THEN {sign}metric END, number, id"
    for goal, sign in (("maximize", "-"), ("minimize", ""))
}
"""The order in SQL, by goal. Ties keep the order of the trials' numbers."""


class Run(NamedTuple):
    """What ranking needs to know of a trial; a tuple because there is one for each row that SQLite gives."""

    trial: str
    number: int
    point: str
    state: str
    reason: str
    metric: float | None
    metric_note: str
    note: str

    @property
    def place(self) -> Place:
        """The group it is listed in."""
        place = PLACES[self.state]
        return Place.NO_NUMBER if place == Place.RANKED and not _finite(self.metric) else place

    @property
    def shown(self) -> float | None:
        """The metric as a table has it; a number left by a failed attempt is no result."""
        return None if self.place in (Place.ENDED, Place.WAITING) else self.metric


def sort_key(place: Place, value: float | None, number: int, metric: Metric) -> tuple[int, float, int]:
    """Sorts as ORDER_BY does."""
    if place != Place.RANKED or value is None:
        return place, 0.0, number
    return place, -value if metric.goal == "maximize" else value, number


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
