"""What stopping trials early has saved, about: steps that were not run, and the time that such steps took."""

from __future__ import annotations

from sweeper.lean import dataclass
from sweeper.results.source import Source


@dataclass(frozen=True, slots=True)
class Saved:
    """Of all trials that were stopped early."""

    trials: int
    steps: float | None
    """Not run; None where nobody knows how far a trial goes: none has run to its end, and the config does not say."""
    hours: float | None
    """That these steps would have taken, at the mean of all that were run."""


_STOPPED = "state = 'succeeded' AND reason = 'stopped_early'"
_WHOLE = "state = 'succeeded' AND reason = ''"
_LAST = "(SELECT max(step) FROM measurements m WHERE m.sweep = t.sweep AND m.trial = t.id AND m.metric = ?2)"
_STEPS = f"SELECT reason, {_LAST} FROM trials t WHERE sweep = ?1 AND NOT removed AND ({_STOPPED} OR {_WHOLE})"
_SECONDS = "SELECT coalesce(sum(max(0, ended - started)), 0) FROM jobs WHERE sweep = ?1 AND state = 'succeeded'"


def saved(source: Source, sweep: str, metric: str, *, max_steps: int | None = None) -> Saved | None:
    """None where no trial was stopped early. ``max_steps``: how far a trial goes, where the config says it."""
    stopped: list[int] = []
    whole: list[int] = []
    for reason, steps in source.select(_STEPS, (sweep, metric)):
        (stopped if reason else whole).append(steps or 0)
    if not stopped:
        return None
    full = max_steps or (sum(whole) / len(whole) if any(whole) else None)
    if full is None:
        return Saved(len(stopped), None, None)
    left = sum(max(0.0, full - steps) for steps in stopped)
    ((seconds,),) = source.select(_SECONDS, (sweep,))
    ran = sum(stopped) + sum(whole)
    return Saved(len(stopped), left, left * seconds / ran / 3600 if ran else None)
