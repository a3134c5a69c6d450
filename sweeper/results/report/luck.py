"""What the first place does not prove, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def caveat(rows: Sequence[Mapping[str, Any]], *, repeats: int) -> str:
    """Empty where fewer than two rows are ranked."""
    ranked = [row for row in rows if row["rank"]]
    if len(ranked) < 2:
        return ""
    many = f"{len(ranked):,}"
    if repeats == 1:
        return (
            f"The best of {many} is partly the luckiest of {many}: measured once more, it will probably be worse. "
            "Before you rely on it, run the best few again with other seeds: sweeper confirm."
        )
    near = sum(_near(ranked[0], row) for row in ranked[1:])
    said = f"{near:,} other points lie" if near != 1 else "1 other point lies"
    return (
        f"{said} within two standard errors of the best: by these runs nobody can tell them apart from it. "
        f"And the best of {many} is partly the luckiest: fresh runs of it will probably come out a little worse."
    )


def _near(best: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    errors = [one["std"] / math.sqrt(one["n"]) for one in (best, row) if one["std"] is not None]
    return len(errors) == 2 and abs(best["metric"] - row["metric"]) <= 2 * math.hypot(*errors)
