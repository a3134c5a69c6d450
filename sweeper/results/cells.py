"""The names by which a row's values are asked for: our columns, the parameters, the metrics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from sweeper.errors import UserError
from sweeper.results.columns import AFTER, BEFORE, column_names, judged_of, parameters, values_of

Row: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Row], Any]

ABSENT = object()
"""What a reader gives where the row has no such value: a conditional parameter, a metric that was never reported."""
OURS = (*BEFORE, *AFTER, "attempt", "number", "tied")


def readers(rows: Sequence[Row], metric: str) -> dict[str, Reader]:
    """Name -> what reads it from a row.

    Where names meet, our columns win (a parameter is ``param_<name>`` then, as in CSV), then parameters. The sweep's
    metric, by its own name or as ``metric``, is the number that the row is ranked by; of its other objectives, and of
    what its conditions speak of, it is the reduced number, and of other metrics the last value.
    """
    others = dict.fromkeys(name for row in rows for name in row["metrics"])
    params = column_names(parameters([row["params"] for row in rows]), judged_of(rows))
    return {
        **{name: _other(name) for name in others},
        **{name: _value(name) for name in values_of(rows)},
        metric: _own("metric"),
        **{column: _parameter(name) for name, column in params.items()},
        **{name: _own(name) for name in (*OURS, *judged_of(rows))},
    }


def check(names: Iterable[str], known: Collection[str], option: str) -> None:
    """Raises UserError for the first name that no row has."""
    for name in names:
        if name not in known:
            unknown(name, known, option)


def unknown(name: str, known: Collection[str], option: str) -> NoReturn:
    """Refuse a name, with the nearest one that there is."""
    from sweeper.config.names import did_you_mean  # only where something is wrong: it brings the whole config package

    raise UserError(
        f"{option}: {name!r} is no parameter, metric or column of these results", hint=did_you_mean(name, known)
    )


def picked(rows: Iterable[Row], names: Sequence[str], by_name: Mapping[str, Reader]) -> list[dict[str, Any]]:
    """The rows with these values alone, in this order; None where one is absent."""
    return [{name: plain(by_name, name, row) for name in names} for row in rows]


def plain(by_name: Mapping[str, Reader], name: str, row: Row) -> Any:
    """One value; None where it is absent."""
    value = by_name[name](row) if name in by_name else ABSENT
    return None if value is ABSENT else value


def _own(name: str) -> Reader:
    return lambda row: ABSENT if row.get(name) is None else row[name]


def _parameter(name: str) -> Reader:
    return lambda row: row["params"].get(name, ABSENT)


def _value(name: str) -> Reader:
    return lambda row: ABSENT if (found := row.get("values", {}).get(name)) is None else found


def _other(name: str) -> Reader:
    return lambda row: row["metrics"].get(name, ABSENT)
