"""``sweeper compare``: sweeps side by side, and which is ahead at the same budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sweeper.commands.comparing import Comparison, Side, compared
from sweeper.commands.shared import duration, existing, number, short
from sweeper.commands.writing import write_whole
from sweeper.errors import UserError
from sweeper.model import State
from sweeper.results.compare.ahead import Ahead
from sweeper.results.report import side_by_side
from sweeper.results.report.assets import assets
from sweeper.results.table import FIRST, aligned, text_of
from sweeper.results.writers import as_json, flat_csv
from sweeper.states import FINAL
from sweeper.surroundings import Surroundings

CSV = ("sweep", "trials", "hours", "best", "point")
"""The columns of ``--csv``: a line for each ended trial of each sweep."""
LUCK = "one sweep each: another seed of the search may order them otherwise"


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read all of them, then print."""
    forms = [name for name in ("--json", "--csv") if parsed[name]]
    if len(forms) > 1:
        raise UserError(f"{' and '.join(forms)}: choose one")
    output = parsed["--output"]
    if output == "-" and forms:
        raise UserError(f"--output=- and {forms[0]}: choose one")
    parts = assets(side_by_side.SCRIPTS) if output else None
    with existing(here) as ledger:
        found = compared(ledger, parsed["<sweep>"], here)
    for warning in found.warnings:
        here.say(f"note: {warning}")
    if parts is not None:
        text = side_by_side.html(_page(found), parts)
        if output == "-":
            here.show(text.rstrip("\n"))
            return 0
        write_whole(here.cwd / output, text, output)
        here.say(f"wrote {output}")
    if parsed["--json"]:
        here.show(as_json(as_object(found)))
    elif parsed["--csv"]:
        here.show(flat_csv(_steps(found), CSV).rstrip("\n"))
    else:
        here.show("\n".join(_in_lines(found)).rstrip("\n"))
    return 0


def as_object(found: Comparison) -> dict[str, Any]:
    """The shape that scripts rely on."""
    metric = found.sides[0].row.metric
    return {
        "metric": metric.name,
        "goal": metric.goal,
        "sweeps": [_object(side) for side in found.sides],
        "ahead": [
            {"unit": one.unit, "budget": one.budget, "best": dict(one.best), "first": list(one.first)}
            for one in found.ahead
        ],
        "warnings": list(found.warnings),
    }


def _page(found: Comparison) -> dict[str, Any]:
    """What the page shows: of each curve only where it rises, and its end."""
    metric = found.sides[0].row.metric
    sides = {side.row.id: [step for at, step in enumerate(side.curve) if _is_shown(side, at)] for side in found.sides}
    return {
        "metric": metric.name,
        "order": FIRST[metric.goal],
        "table": {name.strip(): [_shown(cell) for cell in cells] for name, cells in _columns(found).items()},
        "said": [*found.warnings, *map(_who, found.ahead), *([LUCK] if found.ahead else [])],
        "budgets": {one.unit: one.budget for one in found.ahead},
        "curves": [
            {"sweep": sweep, **{name: [getattr(step, name) for step in steps] for name in ("trials", "hours", "best")}}
            for sweep, steps in sides.items()
        ],
    }


def _is_shown(side: Side, at: int) -> bool:
    step = side.curve[at]
    return step.best is not None and (at in (0, len(side.curve) - 1) or side.curve[at - 1].best != step.best)


def _shown(cell: Any) -> str:
    return "" if cell is None else number(cell) if isinstance(cell, float) else str(cell)


def _object(side: Side) -> dict[str, Any]:
    return {
        "sweep": side.row.id,
        "name": side.row.name,
        "method": side.method,
        "backend": side.row.backend,
        "metric": side.row.metric.name,
        "trials": side.row.total,
        "states": {str(state): side.counts.get(state, 0) for state in State},
        "best": side.best,
        "hours": side.hours,
        "usd": side.usd,
        "curve": [{"trials": one.trials, "hours": one.hours, "best": one.best} for one in side.curve],
    }


def _steps(found: Comparison) -> list[dict[str, Any]]:
    return [{"sweep": side.row.id, **step._asdict()} for side in found.sides for step in side.curve]


def _in_lines(found: Comparison) -> Iterator[str]:
    sides, metric = found.sides, found.sides[0].row.metric
    yield f"{metric.name}, {FIRST[metric.goal]}"
    yield ""
    yield from aligned(_columns(found))
    yield ""
    if winners := [side for side in sides if side.best]:
        yield from _points(winners)
        yield ""
    if not found.ahead:
        if idle := ", ".join(side.row.id for side in sides if not side.curve):
            yield f"nothing to compare yet: no trial of {idle} has ended"
        return
    for one in found.ahead:
        yield _who(one)
    yield LUCK


def _points(winners: Sequence[Side]) -> Iterator[str]:
    """The best point of each, without what is the same in all of them."""
    points = {side.row.id: {n: text_of(v) for n, v in side.best["params"].items()} for side in winners if side.best}
    first, *others = points.values()
    shared = {name for name, value in first.items() if others and all(one.get(name) == value for one in others)}
    for side in winners:
        assert side.best is not None
        shown = " ".join(f"{name}={text}" for name, text in points[side.row.id].items() if name not in shared)
        yield f"best of {side.row.id}: trial {short(side.best['trial'])}  {shown or '(the same point)'}"


def _columns(found: Comparison) -> dict[str, list[Any]]:
    """Header -> cells. What no sweep has is left out."""
    sides = found.sides
    columns: dict[str, list[Any]] = {
        "sweep": [side.row.id for side in sides],
        "method": [side.method for side in sides],
        "backend": [side.row.backend for side in sides],
        "succeeded": [side.counts.get(State.SUCCEEDED, 0) for side in sides],
        "failed": [side.counts.get(State.FAILED, 0) + side.counts.get(State.LOST, 0) for side in sides],
        "to go": [_left(side) for side in sides],
        "best": [side.best["metric"] if side.best else None for side in sides],
        "after trials": [_found_after(side) for side in sides],
    }
    for one in found.ahead:
        columns[f"at {_budget(one)}"] = [one.best.get(side.row.id) for side in sides]
    columns["running time"] = [duration(side.hours * 3600) for side in sides]
    columns["USD"] = [None if side.usd is None else round(side.usd, 2) for side in sides]
    optional = {"to go": 0, "USD": None}
    return {name: cells for name, cells in columns.items() if name not in optional or set(cells) - {optional[name]}}


def _left(side: Side) -> int:
    return max(0, side.row.total - sum(side.counts.get(state, 0) for state in FINAL))


def _found_after(side: Side) -> int | None:
    """How many trials had ended when the last gain was made."""
    last = side.curve[-1].best if side.curve else None
    return None if last is None else next(one.trials for one in side.curve if one.best == last)


def _budget(one: Ahead) -> str:
    if one.unit == "trials":
        return f"{one.budget:.0f} trial{'s' * (one.budget != 1)}"
    return duration(one.budget * 3600)


def _who(one: Ahead) -> str:
    budget = f"{_budget(one)}{' each' if one.unit == 'trials' else ' since each launch'}"
    if not one.first:
        return f"at {budget}: no sweep has a number"
    value = number(next(value for sweep, value in one.best.items() if sweep == one.first[0] and value is not None))
    if len(one.first) > 1:
        return f"at {budget}: equal, {value}: {', '.join(one.first)}"
    others = ", ".join(
        f"{sweep} {'nothing yet' if value is None else number(value)}"
        for sweep, value in one.best.items()
        if sweep not in one.first
    )
    return f"at {budget}: {one.first[0]} is ahead with {value} ({others})"
