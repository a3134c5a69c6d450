"""What a confirmation has come to: who is left, by which numbers, beside the number that each was chosen by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

from sweeper.commands.shared import number, repeats_of, short
from sweeper.driver.confirm import KEY
from sweeper.driver.raced import standing_of
from sweeper.lean import dataclass
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State
from sweeper.results.race import Standing
from sweeper.results.table import aligned, text_of
from sweeper.results.tied import CONFIDENCE
from sweeper.results.top import top
from sweeper.results.verdict import NO_LIBRARY
from sweeper.space.identity import point_id


@dataclass(frozen=True)
class Verdict:
    """Of one confirmation."""

    standing: Standing
    rows: list[dict[str, Any]]
    """As in its results, those that are left first and those that have not begun at the end of each kind;
    ``chosen_by`` is the number of the sweep that chose the point."""
    failed: int = 0
    """Runs that failed for good."""
    runs: int = 0
    """All that have begun."""


SURE = f"with {CONFIDENCE:.0%} confidence"
NOT_BEGUN = "not begun"
FAILURES = (State.FAILED, State.LOST)
NO_SEED = (
    "seeds do not reach it\n  name its option in the config, repeats: {count: 1, parameter: ...}, and launch it again"
)


def verdict(ledger: Ledger, row: SweepRow) -> Verdict:
    """Where it stands now."""
    standing = standing_of(ledger, row)
    rows = top(ledger, row.id, metric=row.metric, repeats=repeats_of(row))
    rows += _not_begun(row, {one["point"] for one in rows})
    chosen = _chosen(ledger, row)
    for one in rows:
        one["tied"] = one["point"] in standing.left
        one["out"] = standing.out.get(one["point"])
        one["chosen_by"] = chosen.get(one["point"])
    failed, runs = _failures(ledger, row)
    return Verdict(standing, sorted(rows, key=lambda one: not one["tied"]), failed, runs)


def _not_begun(row: SweepRow, begun: Set[str]) -> list[dict[str, Any]]:
    """Rows of the contenders that no run is there of."""
    empty = {"trial": None, "metric": None, "std": None, "n": 0, "note": NOT_BEGUN}
    points = {point_id(point): point for point in row.settings[KEY]["points"]}
    return [{"point": name, "params": point, **empty} for name, point in points.items() if name not in begun]


def _failures(ledger: Ledger, row: SweepRow) -> tuple[int, int]:
    trials = [trial for trial in ledger.trials(row.id) if not trial.removed]
    failed = [trial for trial in trials if trial.state in FAILURES and trial.retry_at is None]
    return len(failed), len(trials)


def judged(ledger: Ledger, row: SweepRow, rows: Sequence[dict[str, Any]]) -> str:
    """Sets ``tied`` of rows of its results, by the standing; returns it in words. Unsaid without scipy."""
    try:
        found = verdict(ledger, row)
    except ImportError:
        return NO_LIBRARY
    for one in rows:
        one["tied"] = one["point"] in found.standing.left
    return next(in_words(row, found))


def _chosen(ledger: Ledger, row: SweepRow) -> dict[str, float | None]:
    source = ledger.sweep(row.confirms)
    if source is None:
        return {}
    rows = top(ledger, source.id, metric=source.metric, repeats=repeats_of(source))
    return {one["point"]: one["metric"] for one in rows}


def as_object(ledger: Ledger, row: SweepRow, found: Verdict) -> dict[str, Any]:
    """The shape that scripts rely on."""
    standing = found.standing
    return {
        "sweep": row.id,
        "of": row.confirms,
        "best": standing.winner,
        "confidence": CONFIDENCE,
        "rounds": standing.rounds,
        "repeats": repeats_of(row),
        "over": standing.over,
        "same": standing.same,
        "states": {str(state): count for state, count in ledger.counts(row.id).items()},
        "contenders": [
            {name: one[name] for name in ("point", "params", "metric", "std", "n", "tied", "out", "chosen_by", "note")}
            for one in found.rows
        ],
    }


def table(row: SweepRow, found: Verdict) -> Iterator[str]:
    """A line for each contender."""
    rows = found.rows
    yield f"{row.id}: {row.metric.name}, mean of new runs"
    yield ""
    columns: dict[str, Sequence[Any]] = {"point": [one["point"][:8] for one in rows]}
    for name in _differing(rows):
        columns[f"{name} "] = [text_of(one["params"][name]) if name in one["params"] else "" for one in rows]
    columns[row.metric.name] = [one["metric"] for one in rows]
    columns["std"] = [one["std"] for one in rows]
    columns["n"] = [one["n"] for one in rows]
    columns["chosen by"] = [one["chosen_by"] for one in rows]
    columns["standing"] = [_standing(one, found.standing) for one in rows]
    yield from aligned(columns)
    yield ""
    if found.failed:
        yield f"{found.failed} of {found.runs} runs failed: sweeper results {row.id} --failures"
        yield ""


def _differing(rows: Sequence[dict[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for one in rows for name in one["params"])
    return [name for name in names if len({text_of(one["params"].get(name)) for one in rows}) > 1]


def _standing(one: dict[str, Any], standing: Standing) -> str:
    if one["out"] is not None:
        return f"out after {one['out']} runs"
    if standing.winner == one["point"]:
        return "the best"
    if one["note"] == NOT_BEGUN:
        return NOT_BEGUN
    return "tied" if standing.rounds else ""


def in_words(row: SweepRow, found: Verdict) -> Iterator[str]:
    """Who is left, how sure that is, and what to do next."""
    standing, left = found.standing, [one for one in found.rows if one["tied"]]
    if standing.same:
        yield f"the trainer gives the same value each time, so nothing is confirmed: {NO_SEED}"
    elif standing.winner is not None:
        yield from _winner(row, left[0], found)
    elif standing.over:
        names = ", ".join(one["point"][:8] for one in left)
        yield f"still tied after {standing.rounds} runs each: {names}, {SURE}"
        more = 2 * repeats_of(row)
        yield f"more runs may tell them apart: sweeper confirm {row.confirms} --repeats={more}"
    else:
        yield f"{row.id}: {standing.rounds} of at most {repeats_of(row)} rounds are complete, nothing is decided"


def _winner(row: SweepRow, one: dict[str, Any], found: Verdict) -> Iterator[str]:
    others = len(found.rows) - 1
    numbered = sum(other["n"] > 0 for other in found.rows) - 1
    lack = "" if numbered == others else f" ({others - numbered} of them without any number)"
    rounds = f"after {found.standing.rounds} rounds"
    yield f"{one['point'][:8]} is the best of {others + 1} contenders, {SURE}{lack}, {rounds}"
    chosen = one["chosen_by"]
    by = "" if chosen is None else f"; the sweep that chose it had {number(chosen)}, with luck in it"
    yield f"its {row.metric.name}: {number(one['metric'])}, mean of {one['n']} new runs{by}"
    yield f"run it again: sweeper best {row.id} --argv; its trial with the best number: {short(one['trial'])}"
