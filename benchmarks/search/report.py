"""What the rows say: for each batch size one JSON line and two tables, made to be pasted into docs/search.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Any

from benchmarks.search.calibrate import references
from benchmarks.search.compare import holm, interval, mean_ranks, signed_rank
from benchmarks.search.regret import Regrets, means, paired, regrets
from benchmarks.search.store import Row

BASELINE = "optuna"
"""Whom nobody may be far behind on any task."""
FAR = 0.05


def report(rows: Sequence[Row], *, ours: str, trials: int) -> str:
    """All that is said of runs with so many trials."""
    parts = []
    for batch in sorted({row.batch for row in rows if row.trials == trials}):
        of = [row for row in rows if row.trials == trials and row.batch == batch]
        found = regrets(of, references())
        line = {"benchmark": "search", "batch": batch, "trials": trials, **summary(of, found, ours)}
        parts += [json.dumps(line), f"### Batch {batch}", _methods(line["methods"], ours), _tasks(found)]
    return "\n\n".join(parts)


def summary(rows: Sequence[Row], found: Regrets, ours: str) -> dict[str, Any]:
    """The numbers of one batch size; only methods with runs on all tasks are ranked."""
    tasks = {task for method in found.values() for task in method}
    whole = {method: of for method, of in found.items() if set(of) == tasks}
    by_share = [means(whole, share) for share in range(3)]
    ranked = [mean_ranks(one) for one in by_share]
    against = _against(whole, ours) if ours in whole else {}
    methods = {
        method: {
            "runs": sum(map(len, whole[method].values())),
            "rank": [round(one[method], 2) for one in ranked],
            "regret": [round(mean(one[method].values()), 4) for one in by_share],
            **against.get(method, {}),
            **_costs([row for row in rows if row.method == method]),
        }
        for method in sorted(whole, key=lambda method: ranked[-1][method])
    }
    partial = {method: len(of) for method, of in found.items() if method not in whole}
    behind = _behind(whole, ours)
    far = [task for task, (low, _) in behind.items() if low > FAR]
    return {"tasks": len(tasks), "ours": ours, "methods": methods, "partial": partial, "behind": behind, "far": far}


def _against(found: Regrets, ours: str) -> dict[str, dict[str, Any]]:
    """How ours did against each other method, task by task, on the seeds that both have."""
    told: dict[str, dict[str, Any]] = {}
    for other in found.keys() - {ours}:
        differences = [mean(of) for task in found[other] if (of := paired(found, ours, other, task))]
        wins, losses = sum(one < 0 for one in differences), sum(one > 0 for one in differences)
        told[other] = {"wins": wins, "losses": losses, "p": signed_rank(differences)}
    adjusted = holm({other: one["p"] for other, one in told.items()})
    return {other: {**one, "p": float(f"{adjusted[other]:.2g}")} for other, one in told.items()}


def _behind(found: Regrets, ours: str) -> dict[str, list[float]]:
    """The 95 % interval of the regret of ours less the baseline's, for each task with at least two seeds in common."""
    if ours not in found or BASELINE not in found or ours == BASELINE:
        return {}
    told = {task: interval(paired(found, ours, BASELINE, task)) for task in found[ours]}
    return {task: [round(end, 4) for end in of] for task, of in told.items() if of}


def _costs(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "seconds": float(f"{median(row.seconds[0] for row in rows):.2g}"),
        "last": float(f"{median(row.seconds[2] for row in rows):.2g}"),
        "longest": float(f"{max(row.seconds[1] for row in rows):.2g}"),
        "memory": round(median(row.memory[1] for row in rows)),
    }


def _methods(methods: Mapping[str, Mapping[str, Any]], ours: str) -> str:
    head = (
        "| method | runs | mean rank at 25 % | 50 % | 100 % | mean regret at 25 % | 50 % | 100 % "
        f"| {ours} wins | loses | p (Holm) | s a suggestion | last five | longest | MB |"
    )
    lines = [head, "|---|" + "---:|" * 14]
    for name, of in methods.items():
        cells = [name, of["runs"], *of["rank"], *(f"{one:.3f}" for one in of["regret"])]
        cells += [of.get("wins", ""), of.get("losses", ""), of.get("p", "")]
        cells += [of["seconds"], of["last"], of["longest"], of["memory"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def _tasks(found: Regrets) -> str:
    """Mean regret at the end of each method on each task."""
    at_end = means(found, 2)
    names = list(at_end)
    lines = ["| regret at 100 % | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for task in dict.fromkeys(task for of in at_end.values() for task in of):
        cells = [f"{of[task]:.3f}" if task in of else "" for of in at_end.values()]
        lines.append(f"| {task} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
