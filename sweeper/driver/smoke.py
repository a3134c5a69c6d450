"""A smoke run: the corners of a sweep as a small sweep of its own, and what becomes of them."""

from __future__ import annotations

from sweeper.lean import dataclass, replace
from sweeper.ledger.rows import TrialRow
from sweeper.model import EarlyStopping, Limits, Metric, Reason, Repeats, State, Sweep
from sweeper.search.corners import Choice, corners

LONGEST = 600.0
"""Seconds that a trial may run where the config does not limit it."""
_LONGEST_NAME = 57
"""Letters of a sweep's name that leave room for ``-smoke``."""


@dataclass(frozen=True)
class Smoke:
    """What is run instead of the sweep."""

    sweep: Sweep
    missing: tuple[Choice, ...]
    """Choices of the space that it does not try, where there are very many."""


@dataclass(frozen=True)
class Verdict:
    """What one corner came to."""

    passed: bool | None
    """None where it was not run to an end."""
    why: str


def smoke_of(sweep: Sweep) -> Smoke:
    """The extremes of the sweep, the dearest first, once each and until their first report, under a name of their own.

    A trial on this machine is not tried again: nobody preempts it, and what kills it is most likely a lack of memory.
    """
    found = corners(sweep)
    limits = replace(
        sweep.limits,
        timeout=sweep.limits.timeout or LONGEST,
        retries=0 if sweep.backend == "local" else sweep.limits.retries,
        code_retries=0,
        trials=None,
    )
    small = replace(
        sweep,
        name=f"{sweep.name[:_LONGEST_NAME]}-smoke",
        method="list",
        points=found.points,
        order="as-written",
        trials=None,
        early_stopping=EarlyStopping("first"),
        stop_when=None,
        warm_start=(),
        on_finish=None,
        on_failure=None,
        repeats=Repeats(1, sweep.repeats.parameter),
        limits=limits,
    )
    return Smoke(small, found.missing)


def verdict(trial: TrialRow | None, metric: Metric, limits: Limits) -> Verdict:
    """Passed: it has reported, or ended well. A number that is none is a remark, for the trainer did run."""
    if trial is None:
        return Verdict(None, "was not started")
    if trial.state is State.SUCCEEDED:
        reported = f"{metric.name} {trial.metric:.6g}" if trial.metric is not None else f"reported no {metric.name}"
        return Verdict(True, reported)
    if trial.reason is Reason.DIVERGED:
        return Verdict(True, trial.note)
    if trial.state not in (State.FAILED, State.LOST):
        return Verdict(None, str(trial.state))
    return Verdict(False, _why(trial, metric, limits))


def _why(trial: TrialRow, metric: Metric, limits: Limits) -> str:
    match trial.reason:
        case Reason.TIMEOUT:
            return f"timeout: no {metric.name} within {limits.timeout:g} s (limits.timeout)"
        case Reason.OOM:
            return f"out of memory: {trial.note}"
        case _:
            return trial.note or str(trial.reason or trial.state)
