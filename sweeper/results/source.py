"""The SQL of the results: what is asked of the ledger, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from sweeper.model import Measurement, Metric
from sweeper.results.order import ORDER_BY, RANKED, Run


class Source(Protocol):
    """The part of the ledger that results need."""

    def select(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT."""
        ...


_RUN = "SELECT id, number, point, state, reason, metric, metric_note, note FROM trials WHERE sweep = ? AND removed = 0"
DETAILS = ("point", "state", "reason", "params", "args", "number", "attempt", "started", "ended", "digest")
_AT_ONCE = 500  # SQLite allowed 999 values in a statement for long
_MARKS = ",".join("?" * _AT_ONCE)
_SOME = f"{{}} AND id IN ({_MARKS})"
_SWEEP, _TRIALS = "sweep = ?", f"sweep = ? AND trial IN ({_MARKS})"
# In SQLite, a bare column beside max() comes from the row that has the maximum. The index alone answers this.
_LAST = (
    "SELECT trial, metric, value, max(seq) AS last FROM measurements WHERE {} GROUP BY trial, metric"
    " ORDER BY trial, last"
)


def runs_in_order(source: Source, sweep: str, metric: Metric, limit: int | None) -> Iterator[Run]:
    """The first trials of the ranking."""
    sql = f"{_RUN} ORDER BY {ORDER_BY[metric.goal]} LIMIT ?"
    return (Run(*row) for row in source.select(sql, (sweep, -1 if limit is None else limit)))


def runs_by_point(source: Source, sweep: str) -> list[list[Run]]:
    """All trials, those of a point together, in the order of their numbers."""
    points: dict[str, list[Run]] = {}
    for row in source.select(f"{_RUN} ORDER BY number, id", (sweep,)):
        run = Run(*row)
        points.setdefault(run.point, []).append(run)
    return list(points.values())


def numbers_by_seed(source: Source, sweep: str) -> list[tuple[str, str, float]]:
    """(point, seed, number) of every run that is ranked."""
    sql = f"SELECT point, CAST(seed AS TEXT), metric FROM trials WHERE sweep = ? AND removed = 0 AND {RANKED}"
    return [(point, seed, value) for point, seed, value in source.select(sql, (sweep,))]


def details(source: Source, sweep: str, trials: Iterable[str] | None) -> dict[str, tuple[Any, ...]]:
    """The columns DETAILS of these trials; None = of all, in half the time."""
    sql = f"SELECT id, {', '.join(DETAILS)} FROM trials WHERE sweep = ?"
    rows = source.select(sql, (sweep,)) if trials is None else _of_trials(source, _SOME.format(sql), sweep, trials)
    return {row[0]: row[1:] for row in rows}


def last_values(source: Source, sweep: str, trials: Iterable[str] | None) -> dict[str, dict[str, float]]:
    """The last value that arrived of every metric of these trials, None = of all; a trial's in the order of arrival."""
    rows = (
        source.select(_LAST.format(_SWEEP), (sweep,))
        if trials is None
        else _of_trials(source, _LAST.format(_TRIALS), sweep, trials)
    )
    found: dict[str, dict[str, float]] = {}
    for trial, metric, value, _ in rows:
        found.setdefault(trial, {})[metric] = float(value)  # a NaN is the text 'nan' on disk
    return found


def reported(source: Source, sweep: str, metric: str, trials: Iterable[str]) -> Iterator[tuple[str, int, float]]:
    """(trial, step, value) of one metric of these trials, those of a trial in the order of arrival."""
    sql = f"SELECT trial, step, value, metric FROM measurements WHERE sweep = ? AND trial IN ({_MARKS}) ORDER BY seq"
    for trial, step, value, name in _of_trials(source, sql, sweep, trials):
        if name == metric:
            yield trial, step, float(value)


def telling(source: Source, sweep: str, metrics: Sequence[str], *, extremes: bool) -> dict[str, list[Measurement]]:
    """Of each trial and each of these metrics the last measurement, and before it the finite extremes if wanted.

    What any reduction makes of all measurements, it makes of these: they are counted where they lie.
    """
    where = f"WHERE sweep = ? AND metric IN ({','.join('?' * len(metrics))})"
    finite = f"{where} AND typeof(value) <> 'text' AND abs(value) < 9e999"
    sql = [
        f"SELECT trial, metric, {of}(value) FROM measurements {finite} GROUP BY trial, metric" for of in ("min", "max")
    ]
    # In SQLite, a bare column beside max() comes from the row that has the maximum.
    last = f"SELECT trial, metric, value, max(seq) FROM measurements {where} GROUP BY trial, metric"
    found: dict[str, list[Measurement]] = {}
    for one in (*(sql if extremes else ()), last):
        for trial, metric, value, *_ in source.select(one, (sweep, *metrics)):
            found.setdefault(trial, []).append(Measurement(metric, float(value)))
    return found


def columns(source: Source, sweep: str, names: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Whole columns of the trials, ordered by id, so that ties come out the same each time."""
    sql = f"SELECT {', '.join(names)} FROM trials WHERE sweep = ? AND removed = 0 ORDER BY sweep, id"
    rows = list(source.select(sql, (sweep,)))
    return dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))


def _of_trials(source: Source, sql: str, sweep: str, trials: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    left = iter(trials)
    while some := list(islice(left, _AT_ONCE)):
        # Filled up with the last, so that the statement is one and is prepared once.
        yield from source.select(sql, (sweep, *some, *some[-1:] * (_AT_ONCE - len(some))))
