"""``sweeper results``: the ranked table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.commands.ranking.options import Options, options_of
from sweeper.commands.shared import chosen, existing, repeats_of
from sweeper.commands.status import look
from sweeper.lean import dataclass, replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.table import aligned, as_table
from sweeper.results.top import top
from sweeper.results.verdict import NO_LIBRARY, luck, mark
from sweeper.results.writers import as_json, flat, flat_csv, flat_names
from sweeper.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Table:
    """One sweep's rows; ``names`` are the columns where the rows are no trials any more but what was asked for."""

    sweep: SweepRow
    rows: list[dict[str, Any]]
    names: tuple[str, ...] = ()
    note: str = ""
    """How sure the ranking is."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """One ranking for each sweep that is named; of the newest, if none is."""
    options = options_of(parsed)
    if options.failures:
        return _failures(parsed, options, here)
    if options.importance:
        return _importance(parsed, options, here)
    if options.form == "parquet":
        from sweeper.results.parquet import ready  # only where it is asked for

        ready()
    with existing(here) as ledger:
        sweeps = [chosen(ledger, name, here) for name in parsed["<sweep>"] or [None]]
        tables = [_judged(ledger, Table(row, _rows(ledger, row, options, here)), options) for row in sweeps]
    if options.where or options.columns or options.groups:
        from sweeper.commands.ranking.shaping import shaped  # a plain look does without

        tables = shaped(tables, options)
    _show(tables, options, here)
    return 0


def _failures(parsed: Mapping[str, Any], options: Options, here: Surroundings) -> int:
    from sweeper.commands.ranking.failures import as_objects, in_words  # asks the backends

    with existing(here) as ledger:
        sweeps = [chosen(ledger, name, here) for name in parsed["<sweep>"] or [None]]
        for row in sweeps:
            look(ledger, row, here)
        found = [(row, as_objects(ledger, row, here)[: options.top]) for row in sweeps]
    if options.as_json:
        here.show(
            as_json([{"sweep": row.id, **one} if len(sweeps) > 1 else one for row, all_ in found for one in all_])
        )
    else:
        here.show("\n\n".join(in_words(groups, row) for row, groups in found))
    return 0


def _importance(parsed: Mapping[str, Any], options: Options, here: Surroundings) -> int:
    from sweeper.commands.ranking.importance import as_object, in_words  # a forest takes seconds to import

    with existing(here) as ledger:
        sweeps = [chosen(ledger, name, here) for name in parsed["<sweep>"] or [None]]
        for row in sweeps:
            look(ledger, row, here)
        found = [as_object(row, top(ledger, row.id, metric=row.metric, repeats=repeats_of(row))) for row in sweeps]
    here.show(as_json(found) if options.as_json else "\n\n".join(in_words(one, options.top) for one in found))
    return 0


def _rows(ledger: Ledger, row: SweepRow, options: Options, here: Surroundings) -> list[dict[str, Any]]:
    look(ledger, row, here)
    n = None if options.where or options.groups else options.top
    if not options.attempts:
        return top(ledger, row.id, metric=row.metric, repeats=repeats_of(row), n=n)
    from sweeper.results.attempts import with_attempts

    return with_attempts(ledger, row.id, top(ledger, row.id, metric=row.metric, n=n))[:n]


def _judged(ledger: Ledger, table: Table, options: Options) -> Table:
    sweep, rows = table.sweep, table.rows
    if options.attempts:
        return table
    if sweep.confirms:
        from sweeper.commands import confirmed  # few sweeps are confirmations

        return replace(table, note=confirmed.judged(ledger, sweep, rows))
    if repeats_of(sweep) != 1:
        note = mark(ledger, sweep.id, rows, sweep.metric)
    else:
        note = luck(rows, sweep.total)
    if sweep.metric.judged:
        from sweeper.results.judged import judged, standing  # brings the language of conditions

        said = standing(judged(ledger, sweep.id, sweep.metric, repeats_of(sweep)))
        note = "\n".join(filter(None, ("; ".join(said), note)))
    return replace(table, note=note)


def _show(tables: Sequence[Table], options: Options, here: Surroundings) -> None:
    rows = [{"sweep": one.sweep.id, **row} if len(tables) > 1 else row for one in tables for row in one.rows]
    match options.form:
        case "table":
            here.show("\n\n".join(_text(one, options) for one in tables))
        case "json":
            here.show(as_json(rows))
        case "csv":
            here.show(flat_csv(*_flat(tables, rows, options)).rstrip("\n"))
        case _:
            _write(*_flat(tables, rows, options), options, here)
    if options.form != "table":
        for note in {one.note for one in tables} & {NO_LIBRARY}:
            here.say(f"note: {note}")


def _flat(tables: Sequence[Table], rows: list[dict[str, Any]], options: Options) -> tuple[list[dict[str, Any]], Any]:
    """Rows without anything inside their cells, and the names of their columns."""
    several = ("sweep",) * (len(tables) > 1)
    if options.columns or options.groups:
        return rows, (*several, *dict.fromkeys(name for one in tables for name in one.names))
    repeated = any(repeats_of(one.sweep) != 1 for one in tables)
    more = (*several, "attempt") if options.attempts else (*several, *("tied",) * repeated)
    return flat(rows, more), flat_names(rows, more)


def _write(rows: list[dict[str, Any]], names: Sequence[str], options: Options, here: Surroundings) -> None:
    from sweeper.results.parquet import as_parquet

    (here.cwd / str(options.file)).write_bytes(as_parquet(rows, names))
    here.say(f"wrote {len(rows)} rows to {options.file}")
    if options.as_json:
        here.show(json.dumps({"file": options.file, "rows": len(rows)}))


def _text(table: Table, options: Options) -> str:
    empty = "no row matches" if options.where else "no trials yet"
    if table.names:
        lines = aligned({name: [row[name] for row in table.rows] for name in table.names}) if table.rows else [empty]
        return "\n".join([f"{table.sweep.id}: {table.sweep.metric.name}", "", *lines])
    repeats = 1 if options.attempts else repeats_of(table.sweep)
    text = as_table(table.rows, sweep=table.sweep.id, metric=table.sweep.metric, repeats=repeats, empty=empty)
    return f"{text}\n\n{table.note}" if table.note and table.rows else text
