"""The importance of a sweep's parameters, by the best method that its trials allow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.lean import replace
from sweeper.results.importance.anova import Noise, anova, is_full_grid
from sweeper.results.importance.effects import Effect, Importance, largest_first
from sweeper.results.importance.forest import MOST
from sweeper.results.importance.groups import by_groups
from sweeper.results.report.axes import Axis, axes
from sweeper.states import LIVE

FEW = 10
"""Trials for each parameter, below which a forest has little to grow on."""
NO_LIBRARY = 'by groups of values, for want of a forest: pip install "sweeper[importance]"'
WHILE_IT_RUNS = "by groups of values while the sweep runs; by a forest when it is at rest"
NO_PAIRS = "what two parameters do only together is told for full grids alone"
SETTLED = "a search that has settled on good values shows less of a parameter than trials spread evenly would"
SEARCHES = frozenset({"auto", "gp", "tpe", "cmaes", "service"})


def importance(rows: Sequence[Mapping[str, Any]], *, method: str = "", wait: bool = True) -> Importance:
    """Of rows as ``top`` gives them; those without a rank count for nothing. ``method`` is that of the sweep.

    A forest takes seconds: without ``wait``, there is none while trials run, and whoever draws again and again is not
    kept waiting.
    """
    ranked = [row for row in rows if row["rank"] is not None]
    metric = [float(row["metric"]) for row in ranked]
    varying, _ = axes([row["params"] for row in ranked])
    varying = [axis for axis in varying if len(set(axis.values)) > 1]
    if not varying or len(ranked) < 3:
        return Importance("groups", len(ranked), (), ("too few trials have a number",))
    if is_full_grid(varying):
        return anova(varying, metric, noise_of(ranked))
    if not wait and any(row["state"] in LIVE for row in rows):
        found = replace(by_groups(varying, metric), notes=(WHILE_IT_RUNS,))
    else:
        found = _by_forest(varying, metric) or by_groups(varying, metric)
    notes = [*found.notes, NO_PAIRS]
    if len(metric) < FEW * len(varying):
        notes.insert(0, f"{len(metric)} trials are few for {len(varying)} parameters: trust no more than the order")
    if found.method == "fanova" and len(metric) > MOST:
        notes.append(f"the forest is of {MOST} of them, chosen evenly from best to worst")
    if method in SEARCHES:
        notes.append(SETTLED)
    return replace(found, notes=tuple(notes))


def noise_of(ranked: Sequence[Mapping[str, Any]]) -> Noise | None:
    """What repeats tell of noise, on the scale of the points' means; None where not all have as many runs."""
    runs = {row["n"] for row in ranked}
    if len(runs) > 1 or runs <= {0, 1} or any(row["std"] is None for row in ranked):
        return None
    (n,) = runs
    return Noise(math.fsum((n - 1) * row["std"] ** 2 / n for row in ranked), len(ranked) * (n - 1))


def _by_forest(varying: Sequence[Axis], metric: Sequence[float]) -> Importance | None:
    """A forest's shares, each with the chance of the same parameter's groups; None without the libraries."""
    from sweeper.results.importance.forest import shares

    whole = [axis for axis in varying if None not in axis.values]
    groups = by_groups(varying, metric)
    if not whole:
        return None
    try:
        found = shares(tuple(whole), tuple(metric))
    except ImportError:
        return replace(groups, notes=(NO_LIBRARY,))
    if not found:
        return None
    chance = {one.parameters: one.p for one in groups.effects}
    effects = [Effect((name,), share, chance.get((name,))) for name, share in found.items()]
    left_out = [axis.name for axis in varying if axis.name not in found]
    notes = (f"not in every trial, and left out: {', '.join(left_out)}",) if left_out else ()
    return Importance("fanova", len(metric), largest_first(effects), notes)
