"""What a view of a sweep that runs asks of the ledger: an order of trials, a few of them, the best so far."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sweeper.lean import dataclass
from sweeper.model import Metric, Value
from sweeper.results.order import ORDER_BY, RANKED
from sweeper.results.source import Source

VIEWS: Mapping[str, str] = {
    "all": "1",
    "running": "live",
    "ranked": RANKED,
    "failed": f"state IN ('failed', 'lost') OR (state = 'succeeded' AND NOT coalesce({RANKED}, 0))",
}
"""Which trials are listed. Those that succeeded without a number are to be looked at like those that failed."""
_TIME = "coalesce(ended, ?2) - started"
ORDERS: Mapping[str, str] = {
    "running": "live DESC, CASE live WHEN 1 THEN started END, {best}",
    "best": "{best}",
    "newest": "started DESC, number DESC",
    "longest": f"{_TIME} DESC",
    "number": "number",
}
"""How they are ordered: the ones that run before the ranking, the ranking itself, ..."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One trial as it is now."""

    trial: str
    number: int
    state: str
    reason: str
    note: str
    attempt: int
    params: Mapping[str, Value]
    metric: float | None
    started: float | None
    ended: float | None
    step: int | None
    """The last that it reported, of the sweep's metric."""
    value: float | None
    """At that step."""


def ids(source: Source, sweep: str, metric: Metric, *, view: str, order: str, down: bool, now: float) -> list[str]:
    """The trials of a view in an order, or in the opposite one."""
    by = ORDERS[order].format(best=ORDER_BY[metric.goal])
    found = source.select(
        f"SELECT id FROM trials WHERE sweep = ?1 AND removed = 0 AND ({VIEWS[view]}) AND ?2 NOT NULL ORDER BY {by}, id",
        (sweep, now),
    )
    wanted = [trial for (trial,) in found]
    return wanted[::-1] if down else wanted


_LAST = "FROM measurements m WHERE m.sweep = ?1 AND m.trial = t.id AND m.metric = ?2 ORDER BY step DESC LIMIT 1"
_WHY = "CASE WHEN state = 'succeeded' AND metric_note <> '' THEN metric_note ELSE note END"
_GLIMPSES = (
    f"SELECT id, number, state, reason, {_WHY}, attempt, params,"
    f" metric, started, ended, (SELECT step {_LAST}), (SELECT value {_LAST})"
    " FROM trials t WHERE sweep = ?1 AND id IN (SELECT value FROM json_each(?3))"
)


def glimpses(source: Source, sweep: str, metric: str, trials: Sequence[str]) -> list[Glimpse]:
    """These trials, in this order."""
    found = {row[0]: _glimpse(row) for row in source.select(_GLIMPSES, (sweep, metric, json.dumps(list(trials))))}
    return [found[trial] for trial in trials if trial in found]


def _glimpse(row: tuple[object, ...]) -> Glimpse:
    trial, number, state, reason, note, attempt, params, metric, started, ended, step, value = row
    known = None if value is None else float(value)  # type: ignore[arg-type]  # a NaN is the text 'nan' on disk
    return Glimpse(
        *(trial, number, state, reason, note, attempt, json.loads(params), metric, started, ended, step, known)  # type: ignore[arg-type]
    )


def best_steps(source: Source, sweep: str, metric: Metric) -> list[tuple[float, float]]:
    """(Unix seconds, metric) of every ranked trial that was the best when it ended, in that order."""
    sql = f"SELECT ended, metric FROM trials WHERE sweep = ? AND removed = 0 AND {RANKED} AND ended NOT NULL"
    steps: list[tuple[float, float]] = []
    for time, value in source.select(f"{sql} ORDER BY ended", (sweep,)):
        if not steps or (value > steps[-1][1] if metric.goal == "maximize" else value < steps[-1][1]):
            steps.append((time, value))
    return steps


def best_value(source: Source, sweep: str, metric: Metric) -> float | None:
    """The best number of a single run."""
    most = "max" if metric.goal == "maximize" else "min"
    ((value,),) = source.select(
        f"SELECT {most}(metric) FROM trials WHERE sweep = ? AND removed = 0 AND {RANKED}", (sweep,)
    )
    return None if value is None else float(value)


def curve(source: Source, sweep: str, metric: str, trial: str, most: int) -> list[float]:
    """What one trial reported step by step, the last ``most``."""
    sql = "SELECT value FROM measurements WHERE sweep = ? AND trial = ? AND metric = ? ORDER BY step DESC LIMIT ?"
    return [float(value) for (value,) in source.select(sql, (sweep, trial, metric, most))][::-1]


def failed(source: Source, sweep: str) -> dict[str, int]:
    """How many have failed, by reason, the most frequent first."""
    sql = (
        "SELECT CASE WHEN state = 'lost' OR reason = '' THEN state ELSE reason END, count(*) FROM trials"
        " WHERE sweep = ? AND removed = 0 AND state IN ('failed', 'lost') GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return dict(source.select(sql, (sweep,)))


def whole_run(source: Source, sweep: str, metric: str) -> tuple[float | None, int | None]:
    """(mean seconds, last step) of a trial that runs to its end; None where none has, or has reported steps."""
    whole = "FROM trials WHERE sweep = ? AND state = 'succeeded' AND reason = '' AND ended >= started"
    ((seconds,),) = source.select(f"SELECT avg(ended - started) {whole}", (sweep,))
    last = [trial for (trial,) in source.select(f"SELECT id {whole} ORDER BY ended DESC LIMIT 1", (sweep,))]
    steps = "SELECT max(step), count(*) FROM measurements WHERE sweep = ? AND trial = ? AND metric = ?"
    found = [step for (step, many) in source.select(steps, (sweep, last[0], metric)) if many > 1] if last else []
    return seconds, found[0] if found else None


def running_since(source: Source, sweep: str) -> list[float]:
    """When each trial that runs began."""
    sql = "SELECT started FROM trials WHERE sweep = ? AND state = 'running' AND started NOT NULL"
    return [float(started) for (started,) in source.select(sql, (sweep,))]


def varying(source: Source, sweep: str, most: int) -> list[str]:
    """Parameters that are not the same in the first ``most`` trials, in their own order; all of a single trial."""
    sql = "SELECT params FROM trials WHERE sweep = ? AND removed = 0 ORDER BY rowid LIMIT ?"
    points = [json.loads(params) for (params,) in source.select(sql, (sweep, most))]
    names = dict.fromkeys(name for point in sorted(points, key=len, reverse=True) for name in point)
    if len(points) < 2:
        return list(names)
    return [name for name in names if len({json.dumps(point.get(name, ...), default=str) for point in points}) > 1]
