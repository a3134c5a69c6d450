"""The first rows of the ranking without pandas: SQL sorts the trials, plain Python the points of repeats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sweeper.model import Metric
from sweeper.results import source as ledger
from sweeper.results.order import Place, sort_key
from sweeper.results.repeats import Summary, of_point, of_trial

if TYPE_CHECKING:
    from sweeper.results.judged import Judged


def top(
    source: ledger.Source, sweep: str, *, metric: Metric, repeats: int = 1, n: int | None = None
) -> list[dict[str, Any]]:
    """The first ``n`` rows of the results (all if None), in exactly the order of ``frame``.

    With repeats a row is a point: ``metric`` is the mean of the runs that have a finite one, and the other keys are
    those of its best run. ``metrics`` has the last value of every metric; ``argv`` is the newest job's. Removed trials
    are left out. ``rank`` is None where a row cannot be ranked; ``note`` says why. ``tied`` is for ``verdict.mark``.

    Where there are several objectives or conditions, a row has more: ``values`` of each metric, ``violates`` (the
    conditions that it breaks; its rank is None then) and, with several objectives, ``front`` and ``pareto``.
    """
    if metric.judged:
        from sweeper.results.judged import judged  # brings the language of conditions

        found = judged(source, sweep, metric, repeats)[:n]
        rows = [one.row for one in found]
        return [row | more(one, metric) for row, one in zip(_rows(source, sweep, rows), found, strict=True)]
    rows = _trials(source, sweep, metric, n) if repeats == 1 else _points(source, sweep, metric, repeats)[:n]
    return _rows(source, sweep, rows, every=n is None and repeats == 1)


def more(one: Judged, metric: Metric) -> dict[str, Any]:
    """What a row says besides where there are several objectives or conditions."""
    front = {"front": one.front, "pareto": one.front == 0} if metric.more else {}
    return {"values": one.values, "violates": list(one.broken), **front}


def _rows(source: ledger.Source, sweep: str, rows: Sequence[Summary], *, every: bool = False) -> list[dict[str, Any]]:
    ids = None if every else [row.trial for row in rows]
    known, values = ledger.details(source, sweep, ids), ledger.last_values(source, sweep, ids)
    found = [dict(zip(ledger.DETAILS, known[row.trial], strict=True)) for row in rows]
    points, lines = _decoded(one["params"] for one in found), _decoded(one["args"] for one in found)
    return [
        _row(rank, row, {**one, "params": point, "args": line}, values.get(row.trial, {}))
        for rank, (row, one, point, line) in enumerate(zip(rows, found, points, lines, strict=True), start=1)
    ]


def _decoded(texts: Iterable[str]) -> list[Any]:
    """One call: half the time of one each."""
    found: list[Any] = json.loads(f"[{','.join(texts)}]")
    return found


def best(source: ledger.Source, sweep: str, *, metric: Metric, repeats: int = 1) -> dict[str, Any] | None:
    """The winner's row; None where nothing is ranked yet."""
    rows = top(source, sweep, metric=metric, repeats=repeats, n=1)
    return rows[0] if rows and rows[0]["rank"] == 1 else None


def _trials(source: ledger.Source, sweep: str, metric: Metric, n: int | None) -> list[Summary]:
    return [of_trial(run) for run in ledger.runs_in_order(source, sweep, metric, n)]


def _points(source: ledger.Source, sweep: str, metric: Metric, repeats: int) -> list[Summary]:
    points = (of_point(runs, metric, repeats=repeats) for runs in ledger.runs_by_point(source, sweep))
    return sorted(points, key=lambda point: sort_key(point.place, point.metric, point.number, metric))


def _row(rank: int, row: Summary, found: dict[str, Any], metrics: dict[str, float]) -> dict[str, Any]:
    started, ended = found["started"], found["ended"]
    return {
        "rank": rank if row.place == Place.RANKED else None,
        "trial": row.trial,
        "point": found["point"],
        "state": found["state"],
        "reason": found["reason"],
        "params": found["params"],
        "metric": row.metric,
        "std": row.std,
        "metrics": metrics,
        "n": row.n,
        "tied": None,
        "argv": found["args"],
        "number": found["number"],
        "attempt": found["attempt"],
        "started": started,
        "ended": ended,
        "seconds": None if started is None or ended is None else ended - started,
        "note": row.note,
        "digest": found["digest"],
    }
