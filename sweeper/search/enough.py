"""When a sweep has nothing left to gain: ``stop_when:``."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.model import StopWhen
from sweeper.search.told import Told


def enough(told: Sequence[Told], rule: StopWhen, *, maximize: bool) -> str:
    """Why no more points are worth trying, in words; empty while some are.

    Points that failed or break a condition count as well: they brought nothing either. Those of earlier sweeps set the
    mark to beat.
    """
    ended = [one for one in told if one.state in ("succeeded", "failed")]
    best, mark = -1, float("-inf")
    for place, one in enumerate(ended):
        value = (
            None
            if one.value is None or one.value != one.value or one.violated
            else one.value
            if maximize
            else -one.value
        )
        if value is not None and value > mark + (rule.min_delta if best >= 0 else 0.0):
            best, mark = place, value
    own = sum(one.number >= 0 for one in ended[best + 1 :])
    if own < rule.no_improvement:
        return ""
    return f"stop_when: the last {own} points were no better than the best before them"
