"""What ``sweeper compare`` knows of each sweep, and which sweeps can be compared at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sweeper.commands.shared import repeats_of
from sweeper.commands.status import look
from sweeper.driver.price import price_of_an_hour
from sweeper.driver.refresh import stored
from sweeper.driver.savings import region_of
from sweeper.errors import UserError
from sweeper.lean import dataclass
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.times import running_time
from sweeper.model import State
from sweeper.results.compare.ahead import Ahead, ahead
from sweeper.results.compare.curve import Step, curve
from sweeper.results.top import best
from sweeper.surroundings import Surroundings


@dataclass(frozen=True)
class Side:
    """One of the sweeps."""

    row: SweepRow
    method: str
    counts: dict[State, int]
    curve: list[Step]
    best: dict[str, Any] | None
    """Its winner, as a row of the results."""
    hours: float
    """Running time of all its jobs, every attempt counted."""
    usd: float | None
    """What that cost; None on this machine, and where nobody knows the price."""


@dataclass(frozen=True)
class Comparison:
    """All of them."""

    sides: tuple[Side, ...]
    ahead: tuple[Ahead, ...]
    warnings: tuple[str, ...] = ()


def compared(ledger: Ledger, names: Sequence[str], here: Surroundings) -> Comparison:
    """Looks at the sweeps of these names. Raises UserError for fewer than two, and where they cannot be compared."""
    rows = [ledger.find_sweep(name) for name in names]
    _refuse(rows)
    for row in rows:
        look(ledger, row, here)
    sides = tuple(_side(ledger, row, here) for row in rows)
    own = {one.id for one in _confirmations(rows)}
    curves = {side.row.id: side.curve for side in sides if side.row.id not in own}
    found = ahead(curves, rows[0].metric.goal) if len(curves) > 1 else ()
    return Comparison(sides, found, tuple(_warnings(rows)))


def _confirmations(rows: Sequence[SweepRow]) -> list[SweepRow]:
    """Those of them that confirm another of them: they have searched nothing, so none can be ahead."""
    return [row for row in rows if row.confirms and row.confirms in {one.id for one in rows}]


def _refuse(rows: Sequence[SweepRow]) -> None:
    ids = [row.id for row in rows]
    twice = [sweep for sweep, count in Counter(ids).items() if count > 1]
    if twice:
        raise UserError(f"{twice[0]} is named twice", hint="`sweeper list` has the ids of all sweeps")
    if len(rows) < 2:
        raise UserError("expected two sweeps or more", hint="one alone: `sweeper results`, `sweeper report`")
    goals = {row.metric.goal for row in rows}
    if len(goals) > 1:
        said = ", ".join(f"{row.id} {row.metric.goal}s {row.metric.name}" for row in rows)
        raise UserError(f"they do not have the same goal: {said}", hint="compare sweeps whose metric.goal is the same")


def _warnings(rows: Sequence[SweepRow]) -> list[str]:
    found = [
        f"{row.id} confirms {row.confirms}: it ran the best points again with other seeds, and is no other search"
        for row in _confirmations(rows)
    ]
    found += [
        f"of {row.id} only the first metric, {row.metric.name}, says who is ahead: {_uncounted(row)}"
        for row in rows
        if row.metric.judged
    ]
    if len({row.metric.name for row in rows}) > 1:
        said = ", ".join(f"{row.id}: {row.metric.name}" for row in rows)
        found.append(f"their metrics have different names, and may be no measure of the same ({said})")
    if len({row.metric.reduce for row in rows}) > 1:
        said = ", ".join(f"{row.id}: {row.metric.reduce}" for row in rows)
        found.append(f"which measurement of a trial counts is not the same, metric.reduce ({said})")
    if len({repeats_of(row) for row in rows}) > 1:
        said = ", ".join(f"{row.id}: {repeats_of(row)}" for row in rows)
        found.append(f"the best of single runs is flattered by luck, a mean of repeats is not (repeats: {said})")
    return found


def _uncounted(row: SweepRow) -> str:
    """What the curves, and who is ahead, do not look at."""
    others = [f"not {one.name}" for one in row.metric.more]
    return ", ".join([*others, *(f"not whether {one}" for one in row.metric.where)])


def _side(ledger: Ledger, row: SweepRow, here: Surroundings) -> Side:
    sweep, repeats = stored(row), repeats_of(row)
    hours = running_time(ledger, row.id)[0] / 3600
    price = price_of_an_hour(sweep, region_of(row), here)
    return Side(
        row,
        sweep.method,
        ledger.counts(row.id),
        curve(ledger, row.id, metric=row.metric, repeats=repeats, begin=row.created),
        best(ledger, row.id, metric=row.metric, repeats=repeats),
        hours,
        None if price is None else hours * price,
    )
