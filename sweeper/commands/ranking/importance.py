"""``sweeper results --importance``: what the metric depends on, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.driver.refresh import stored
from sweeper.ledger.rows import SweepRow
from sweeper.results.importance.effects import HOW
from sweeper.results.importance.measure import importance
from sweeper.results.table import aligned

_SURE: Mapping[bool | None, str] = {True: "yes", False: "may be noise", None: ""}


def as_object(row: SweepRow, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The shape that scripts rely on."""
    found = importance(rows, method=stored(row).method)
    return {
        "sweep": row.id,
        "metric": row.metric.name,
        "method": found.method,
        "trials": found.trials,
        "effects": [
            {"parameters": list(one.parameters), "share": one.share, "p": one.p, "sure": found.sure(one)}
            for one in found.effects
        ],
        "pairs": found.pairs,
        "rest": found.rest,
        "notes": list(found.notes),
    }


def in_words(found: Mapping[str, Any], top: int | None) -> str:
    """The same for people."""
    head = f"{found['sweep']}: what {found['metric']} depends on, of {found['trials']} trials ({HOW[found['method']]})"
    effects = found["effects"][:top]
    lines = [head, ""]
    if effects:
        table: dict[str, list[Any]] = {
            "parameter": [" x ".join(one["parameters"]) for one in effects],
            "explains %": [f"{100 * one['share']:10.1f}" for one in effects],
            "sure": [_SURE[one["sure"]] for one in effects],
        }
        if found["rest"] is not None and len(effects) == len(found["effects"]):
            table["parameter"].append("more together, and noise")
            table["explains %"].append(f"{100 * found['rest']:10.1f}")
            table["sure"].append("")
        lines += [line.rstrip() for line in aligned(table)]
    else:
        lines.append("nothing can be told")
    return "\n".join([*lines, "", *(f"note: {note}" for note in found["notes"])]).rstrip()
