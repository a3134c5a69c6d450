"""Rows of the results as somebody asked for them: some of the rows, some of the columns, or groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.results.cells import check, picked, readers
from sweeper.results.groups import NUMBERS, grouped
from sweeper.results.where import condition, matching

if TYPE_CHECKING:
    from sweeper.commands.ranking.options import Options
    from sweeper.commands.results import Table


def shaped(tables: Sequence[Table], options: Options) -> list[Table]:
    """First the rows are chosen, then grouped or cut to columns, then cut to the first ones.

    Raises UserError for a name that no sweep of these has; a sweep without trials has no names yet, and refuses none.
    """
    if not any(table.rows for table in tables):
        return list(tables)
    names = [readers(table.rows, table.sweep.metric.name) for table in tables]
    known = list(dict.fromkeys(name for one in names for name in one))
    check(options.columns, known, "--columns")
    check(options.groups, known, "--group-by")
    for name in set(options.groups) & set(NUMBERS):
        raise UserError(f"--group-by: {name!r} is a column of the groups themselves")
    wanted = condition(options.where, known) if options.where else None
    found = []
    for table, by_name in zip(tables, names, strict=True):
        rows = matching(table.rows, wanted, by_name) if wanted else table.rows
        if options.groups:
            rows = grouped(rows, options.groups, by_name, table.sweep.metric)[: options.top]
            found.append(replace(table, rows=rows, names=(*options.groups, *NUMBERS)))
        elif options.columns:
            rows = picked(rows[: options.top], options.columns, by_name)
            found.append(replace(table, rows=rows, names=options.columns))
        else:
            found.append(replace(table, rows=rows[: options.top]))
    return found
