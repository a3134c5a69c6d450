"""The statistics of the report: ranks, paired tests and paired intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, stdev


def ranks(values: Mapping[str, float]) -> dict[str, float]:
    """1 for the least; those with the same value share the mean of their places."""
    ordered = sorted(values.values())
    return {name: ordered.index(value) + (ordered.count(value) + 1) / 2 for name, value in values.items()}


def mean_ranks(means: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """From method -> task -> value to each method's mean rank over the tasks that all have."""
    shared = set.intersection(*(set(tasks) for tasks in means.values())) if means else set()
    by_task = [ranks({method: tasks[task] for method, tasks in means.items()}) for task in sorted(shared)]
    return {method: mean(one[method] for one in by_task) for method in means} if by_task else {}


def signed_rank(differences: Sequence[float]) -> float:
    """Two-sided p of Wilcoxon's signed-rank test, one difference for each task; those of 0 are left out."""
    from scipy.stats import wilcoxon

    told = [one for one in differences if one]
    return float(wilcoxon(told).pvalue) if told else 1.0


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """Each p adjusted for their number: S. Holm, Scandinavian Journal of Statistics 6 (1979)."""
    adjusted, least = {}, 0.0
    for i, name in enumerate(sorted(values, key=lambda name: values[name])):
        least = max(least, min(1.0, (len(values) - i) * values[name]))
        adjusted[name] = least
    return adjusted


def interval(differences: Sequence[float], level: float = 0.95) -> tuple[float, float] | None:
    """Student's interval of the mean of paired differences; None of fewer than two."""
    from scipy.stats import t

    if len(differences) < 2:
        return None
    half = float(t.ppf((1 + level) / 2, len(differences) - 1)) * stdev(differences) / len(differences) ** 0.5
    return mean(differences) - half, mean(differences) + half
