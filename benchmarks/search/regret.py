"""From rows to regrets: how far each method was from the best, in units that are the same for all tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks.search.store import Row

Regrets = dict[str, dict[str, dict[int, tuple[float, ...]]]]
"""Method -> task -> seed -> regret after 25, 50 and 100 % of the trials."""


def regrets(rows: Iterable[Row], references: Mapping[str, Mapping[str, float]]) -> Regrets:
    """Of the tasks that have references."""
    found: Regrets = {}
    for row in rows:
        if row.task in references:
            of = references[row.task]
            taken = tuple(regret(score, of["best"], of["median"]) for score in row.scores)
            found.setdefault(row.method, {}).setdefault(row.task, {})[row.seed] = taken
    return found


def regret(score: float | None, best: float, median: float) -> float:
    """0: the best known; below 0: better than that; 1: no better than the median random point, or only failures."""
    return 1.0 if score is None else min((score - best) / (median - best), 1.0)


def means(found: Regrets, share: int) -> dict[str, dict[str, float]]:
    """Method -> task -> mean over its seeds, after the share with that place in a tuple."""
    return {
        method: {task: sum(one[share] for one in seeds.values()) / len(seeds) for task, seeds in tasks.items()}
        for method, tasks in found.items()
    }


def paired(found: Regrets, method: str, other: str, task: str) -> list[float]:
    """Regret of a method less that of another at the end, for each seed that both have."""
    one, two = found[method].get(task, {}), found[other].get(task, {})
    return [one[seed][-1] - two[seed][-1] for seed in sorted(one.keys() & two.keys())]
