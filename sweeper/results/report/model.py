"""Everything that a page shows, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sweeper.lean import dataclass, field
from sweeper.model import Metric
from sweeper.results.columns import values_of
from sweeper.results.importance.effects import Importance, said
from sweeper.results.importance.measure import importance
from sweeper.results.report.axes import Axis, axes
from sweeper.results.report.curves import curves, drawn
from sweeper.results.report.failures import failures
from sweeper.results.report.heat import heat
from sweeper.results.report.lines import packed
from sweeper.results.report.luck import caveat
from sweeper.results.report.pareto import pareto
from sweeper.results.report.progress import best_so_far
from sweeper.results.report.thin import first_and_evenly
from sweeper.results.table import ranked_by

MOST, FIRST_ROWS = 2000, 500
"""So many rows are drawn, the best ones all."""
_COLUMNS = ("rank", "trial", "state", "reason", "metric", "std", "n", "seconds", "note")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sweep beside its rows."""

    sweep: str
    metric: Metric
    repeats: int = 1
    method: str = ""
    """How its points were chosen."""
    begin: float = 0.0
    """When the sweep began, in Unix seconds."""
    tiles: Mapping[str, str] = field(default_factory=dict)
    cost: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    config: str = ""


def page(
    facts: Facts,
    rows: Sequence[Mapping[str, Any]],
    *,
    commands: Sequence[str] = (),
    measured: Iterable[tuple[str, int, float]] = (),
) -> dict[str, Any]:
    """Of rows as ``top`` gives them, each with its command line, and of what the trials reported."""
    varying, shared = axes([row["params"] for row in rows])
    ranked = [row["metric"] if row["rank"] else None for row in rows]
    effects = importance(rows, method=facts.method, wait=False)
    many = sum(value is not None for value in ranked)
    wanted = drawn(rows)
    return {
        "sweep": facts.sweep,
        "metric": facts.metric.name,
        "goal": facts.metric.goal,
        "repeats": facts.repeats,
        "ranked_by": ranked_by(facts.metric, facts.repeats),
        "tiles": facts.tiles,
        "caveat": caveat(rows, repeats=facts.repeats),
        "axes": [{"name": a.name, "values": a.values, "words": a.words, "log": a.log} for a in varying],
        "shared": shared,
        "columns": {name: [row[name] for row in rows] for name in _COLUMNS},
        "more": {name: [row["values"].get(name) for row in rows] for name in values_of(rows)},
        "pareto": pareto(rows, facts.metric),
        "hours": [None if row["ended"] is None else (row["ended"] - facts.begin) / 3600 for row in rows],
        "commands": packed(commands or [""] * len(rows), [row["trial"] for row in rows]),
        "drawn": first_and_evenly(many, most=MOST, first=FIRST_ROWS),
        "thinned": _thinned(many),
        "progress": best_so_far(rows, goal=facts.metric.goal, begin=facts.begin),
        "curves": curves(measured, wanted),
        "curves_of": [len(wanted), len(rows)],
        "importance": [(one.parameters[0], one.share, effects.sure(one)) for one in effects.alone],
        "importance_said": said(effects),
        "together": [(*one.parameters, one.share, effects.sure(one)) for one in effects.together],
        "heat": _heat(varying, effects, ranked),
        "failures": failures(rows),
        "cost": facts.cost,
        "provenance": facts.provenance,
        "config": facts.config,
    }


def _thinned(many: int) -> str:
    if many <= MOST:
        return ""
    return (
        f"The plots show {MOST:,} of {many:,} ranked trials: the best {FIRST_ROWS:,} and an even choice of the others. "
        "The table, the importance and the heat map are of all."
    )


def _heat(varying: Sequence[Axis], effects: Importance, metric: Sequence[Any]) -> dict[str, Any] | None:
    by_name = {axis.name: axis for axis in varying}
    first = [by_name[one.parameters[0]] for one in effects.alone[:2]]
    return heat(first[0], first[1], metric) if len(first) == 2 else None
