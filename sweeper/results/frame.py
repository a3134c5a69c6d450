"""The whole table as a ranked pandas DataFrame: where the order of results is defined."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sweeper.model import Metric
from sweeper.results import source as ledger
from sweeper.results.columns import AFTER, BEFORE, JUDGED, NUMBERS, column_names, metric_columns, parameters
from sweeper.results.judged import Judged, judged
from sweeper.results.notes import why
from sweeper.results.order import PLACES, Place, Run
from sweeper.results.repeats import of_point

if TYPE_CHECKING:
    import pandas as pd

_RUN = ("id", "number", "point", "state", "reason", "metric", "metric_note", "note")
_PLACE, _NUMBER = ".place", ".number"  # for sorting; no parameter can have such a name
READ = (*_RUN, "params", "started", "ended", "digest")
Naming = Callable[[Iterable[str], Iterable[str]], Mapping[str, str]]
"""Parameters, and those of JUDGED that the table has -> the column of each parameter."""


def frame(
    source: ledger.Source, sweep: str, *, metric: Metric, repeats: int = 1, naming: Naming = column_names
) -> pd.DataFrame:
    """Every trial, or with repeats every point, of a sweep, best first.

    Columns: rank, trial, point, state, reason, one per parameter, metric, (std), n, started, ended, seconds, note,
    digest. First come finite metrics by the goal; then trials that succeeded without one; then failed, cancelled and
    lost ones; then those that run or wait. ``rank`` is missing for all but the first kind, and ``note`` says why.
    Ties keep the trials' order. With repeats, ``metric`` is the mean of the point's finite runs, ``std`` their
    standard deviation (n - 1), and the other columns are those of the point's best run. Removed trials are left out.

    With several objectives or conditions the order is that of ``judged``, after ``n`` comes a column for each other
    metric, and the last ones are ``front`` and ``pareto`` (with several objectives) and ``violates``.
    """
    found = ledger.columns(source, sweep, READ)
    last = [name for name in JUDGED if metric.more or (metric.where and name == "violates")]
    table = _ranked(_table(found, lambda names: naming(names, last)), metric)
    if repeats != 1:
        table = _ranked(_points(table, found, metric, repeats), metric)
    params = [name for name in table.columns if name not in {*BEFORE, *AFTER, _PLACE, _NUMBER}]
    numbers = [name for name in AFTER[:NUMBERS] if name != "std" or repeats != 1]
    if not metric.judged:
        return table[[*BEFORE, *params, *numbers, *AFTER[NUMBERS:]]]
    others = metric_columns(metric.names[1:], params)
    table = _judged(table, judged(source, sweep, metric, repeats), others)
    return table[[*BEFORE, *params, *numbers, *others.values(), *AFTER[NUMBERS:], *last]]


def _judged(table: pd.DataFrame, found: Sequence[Judged], columns: Mapping[str, str]) -> pd.DataFrame:
    """The same rows in the order of several numbers, with those numbers and what was found of each row."""
    import numpy as np
    import pandas as pd

    table = table.set_index("trial", drop=False).loc[[one.row.trial for one in found]].reset_index(drop=True)
    values = {
        column: np.array([one.values.get(name) for one in found], dtype="float64") for name, column in columns.items()
    }
    many = sum(one.row.place == Place.RANKED for one in found)
    return table.assign(
        **values,
        rank=pd.Series(range(1, many + 1), dtype="Int64").reindex(table.index),
        n=np.array([one.row.n for one in found], dtype="int64"),
        note=[one.row.note for one in found],
        front=pd.Series([one.front for one in found], dtype="Int64"),
        pareto=np.array([one.front == 0 for one in found], dtype="bool"),
        violates=[" and ".join(one.broken) for one in found],
    )


def _table(found: Mapping[str, Sequence[Any]], naming: Callable[[list[str]], Mapping[str, str]]) -> pd.DataFrame:
    """One row a trial, and the columns to sort by."""
    import numpy as np
    import pandas as pd

    metric = np.array(found["metric"], dtype="float64")  # None becomes NaN
    place = np.fromiter(map(PLACES.__getitem__, found["state"]), dtype="int8", count=len(metric))
    place[(place == Place.RANKED) & ~np.isfinite(metric)] = Place.NO_NUMBER
    metric[(place == Place.ENDED) | (place == Place.WAITING)] = np.nan
    started, ended = (np.array(found[name], dtype="float64") for name in ("started", "ended"))
    return pd.DataFrame(
        {
            "trial": found["id"],
            "point": found["point"],
            "state": found["state"],
            "reason": found["reason"],
            **_parameters(found["params"], naming),
            "metric": metric,
            "std": np.nan,
            "n": (place == Place.RANKED).astype("int64"),
            "started": started,
            "ended": ended,
            "seconds": ended - started,
            "note": _notes(found, np.flatnonzero(place).tolist()),
            "digest": found["digest"],
            _PLACE: place,
            _NUMBER: found["number"],
        },
        copy=False,
    )


def _notes(found: Mapping[str, Sequence[Any]], unranked: Sequence[int]) -> list[str]:
    notes = [""] * len(found["id"])
    for row in unranked:
        notes[row] = why(_run(found, row))
    return notes


def _parameters(texts: Sequence[str], naming: Callable[[list[str]], Mapping[str, str]]) -> dict[str, list[Any]]:
    points = json.loads(f"[{','.join(texts)}]")  # one call: half the time of one each
    return {column: [point.get(name) for point in points] for name, column in naming(parameters(points)).items()}


def _ranked(table: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Sorted and with the column ``rank``; ties keep the order of the numbers."""
    import pandas as pd

    ranked = table[_PLACE] == Place.RANKED
    key = table["metric"].where(ranked) * (-1 if metric.goal == "maximize" else 1)
    keys = pd.DataFrame({"place": table[_PLACE], "key": key, "number": table[_NUMBER]})
    table = table.loc[keys.sort_values(["place", "key", "number"]).index].reset_index(drop=True)
    # The ranked ones are the first now.
    table["rank"] = pd.Series(range(1, int(ranked.sum()) + 1), dtype="Int64").reindex(table.index)
    return table


def _points(table: pd.DataFrame, found: Mapping[str, Sequence[Any]], metric: Metric, repeats: int) -> pd.DataFrame:
    """One row a point: its best run's, with the numbers of all of them."""
    import numpy as np

    points: dict[str, list[Run]] = {}
    for row in np.argsort(found["number"], kind="stable").tolist():
        run = _run(found, row)
        points.setdefault(run.point, []).append(run)
    rows = [of_point(runs, metric, repeats=repeats) for runs in points.values()]
    by_point = dict(zip(points, rows, strict=True))
    best = table.drop_duplicates("point")
    mine = [by_point[point] for point in best["point"]]
    numbers = {name: np.array([getattr(one, name) for one in mine], dtype="float64") for name in ("metric", "std")}
    return best.assign(**numbers, n=[one.n for one in mine], note=[one.note for one in mine]).assign(
        **{_NUMBER: [one.number for one in mine]}
    )


def _run(found: Mapping[str, Sequence[Any]], row: int) -> Run:
    return Run(*(found[name][row] for name in _RUN))
