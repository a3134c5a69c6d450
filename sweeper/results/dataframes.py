"""The tables of the Python API: pandas DataFrames whose columns are the same for every sweep, but for its own names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from sweeper.model import Metric
from sweeper.results import source as ledger
from sweeper.results.columns import JUDGED, metric_columns
from sweeper.results.frame import frame
from sweeper.results.verdict import mark

if TYPE_CHECKING:
    import pandas as pd

PARAMS, VALUES, METRICS = "params.", "values.", "metrics."
BEFORE = ("rank", "trial", "point", "state", "reason")
AMONG = ("metric", "std", "n", "tied", *JUDGED)
AFTER = ("started", "ended", "duration", "cost", "note", "digest")
"""The columns of ``results``: BEFORE, one per parameter, AMONG, one per metric of several, one per metric, AFTER."""
OF_RUN = ("number", "repeat", "seed", "attempt", "code")
"""What ``trials`` has besides, at its end."""
MEASURED = ("trial", "metric", "step", "value", "time")
"""The columns of ``measurements``."""
_KINDS = ("int32", "int32", "int64", "float64", "float64")
_AT_ONCE = 50_000
_RUNS = f"SELECT id, {', '.join(OF_RUN)} FROM trials WHERE sweep = ? AND removed = 0"
_MEASURED = "SELECT trial, metric, step, value, time FROM measurements WHERE sweep = ?{} ORDER BY seq"


def results(
    source: ledger.Source, sweep: str, *, metric: Metric, repeats: int = 1, usd_per_hour: float | None = None
) -> pd.DataFrame:
    """A row a trial, with repeats a row a point, best first; in exactly the order of ``frame``."""
    import pandas as pd

    table = frame(source, sweep, metric=metric, repeats=repeats, naming=_naming)
    params = [name for name in table.columns if name.startswith(PARAMS)]
    if "std" not in table:
        table["std"] = float("nan")
    values = _judged(table, metric, params)
    table["tied"] = pd.array(_tied(source, sweep, table, metric, repeats), dtype="boolean")
    table = table.rename(columns={"seconds": "duration"})
    price = float("nan") if usd_per_hour is None else usd_per_hour
    table["cost"] = table["duration"] / 3600 * price
    numbers = _last_values(source, sweep, table["trial"].tolist())
    measured = pd.DataFrame(numbers, index=table.index)
    whole = pd.concat([table, measured], axis=1)
    return whole[[*BEFORE, *params, *AMONG, *values, *numbers, *AFTER]]


def trials(source: ledger.Source, sweep: str, *, metric: Metric, usd_per_hour: float | None = None) -> pd.DataFrame:
    """A row a trial whether or not there are repeats, best first, with what tells the runs of a point apart."""
    import pandas as pd

    table = results(source, sweep, metric=metric, usd_per_hour=usd_per_hour)
    known = {row[0]: row[1:] for row in source.select(_RUNS, (sweep,))}
    rows = [known[trial] for trial in table["trial"]]
    more = {name: [row[place] for row in rows] for place, name in enumerate(OF_RUN)}
    more["seed"] = [int(seed) for seed in more["seed"]]  # one beyond 64 bits is kept as text
    found = pd.DataFrame(more, index=table.index).astype({"code": "Int64"})
    return pd.concat([table, found], axis=1)


def measurements(source: ledger.Source, sweep: str, *, name: str | None = None) -> pd.DataFrame:
    """A row a reported number, in the order of arrival; of one metric, or of all."""
    import numpy as np
    import pandas as pd

    only = () if name is None else (name,)
    sql = _MEASURED.format(" AND metric = ?" if only else "")
    known: tuple[dict[str, int], dict[str, int]] = ({}, {})
    parts: list[list[Any]] = [[np.array([], dtype=kind)] for kind in _KINDS]
    for rows in _batches(source.select(sql, (sweep, *only))):
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, texts in enumerate(known):
            columns[place] = [texts.setdefault(text, len(texts)) for text in columns[place]]
        for part, column, kind in zip(parts, columns, _KINDS, strict=True):
            part.append(np.array(column, dtype=kind))
    joined = [np.concatenate(part) for part in parts]
    words = [
        pd.Categorical.from_codes(codes, pd.Index(list(texts), dtype="str"))
        for codes, texts in zip(joined[: len(known)], known, strict=True)
    ]
    return pd.DataFrame(dict(zip(MEASURED, [*words, *joined[2:]], strict=True)))


def _judged(table: pd.DataFrame, metric: Metric, params: Sequence[str]) -> list[str]:
    """Sets the columns of several numbers, empty where the sweep has one; returns those of the numbers themselves."""
    import pandas as pd

    front, pareto, violates = JUDGED
    table[front] = pd.Series(table.get(front), table.index, dtype="Int64")
    table[pareto] = pd.Series(table.get(pareto), table.index, dtype="boolean")
    table[violates] = pd.Series(table.get(violates, ""), table.index, dtype="str")
    if not metric.judged:
        return []
    others = metric_columns(metric.names[1:], params)
    for name in metric.names:
        table[f"{VALUES}{name}"] = table[others.get(name, "metric")]
    return [f"{VALUES}{name}" for name in metric.names]


def _naming(parameters: Iterable[str], judged: Iterable[str] = ()) -> dict[str, str]:
    return {name: f"{PARAMS}{name}" for name in parameters}


def _tied(source: ledger.Source, sweep: str, table: pd.DataFrame, metric: Metric, repeats: int) -> list[bool | None]:
    """Of each row, whether it cannot be told from the best; None where nobody can say, as for one run each."""
    rows: list[dict[str, Any]] = [
        {"rank": None if rank != rank else rank, "point": point, "tied": None}
        for rank, point in zip(table["rank"].astype("float64"), table["point"], strict=True)
    ]
    if repeats != 1:
        mark(source, sweep, rows, metric)
    return [row["tied"] for row in rows]


def _last_values(source: ledger.Source, sweep: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Column -> the last value that arrived of that metric, for each of the trials; the names in order."""
    import numpy as np

    places = {trial: place for place, trial in enumerate(wanted)}
    found: dict[str, Any] = {}
    for trial, values in ledger.last_values(source, sweep, None).items():
        for metric, value in values.items():
            if metric not in found:
                found[metric] = np.full(len(places), np.nan)
            if trial in places:
                found[metric][places[trial]] = value
    return {f"{METRICS}{name}": found[name] for name in sorted(found)}


def _batches(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some
