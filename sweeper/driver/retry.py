"""Whether a trial that did not succeed gets a new attempt, and when."""

from __future__ import annotations

from sweeper.model import Limits, Observation, Reason, State

TRANSIENT = frozenset({Reason.STOPPED, Reason.PREEMPTED, Reason.QUOTA})
"""Reasons that lie outside the trial: the same command may work next time."""
LONGEST = 300.0
"""Seconds; the waiting time doubles from 1 s up to this."""


def is_transient(state: State, reason: Reason) -> bool:
    """Whether the failure says nothing about the trial itself."""
    return state is State.LOST or reason in TRANSIENT


def retry_at(seen: Observation, *, failures: int, limits: Limits, now: float) -> float | None:
    """When the next attempt is due, ``failures`` counting this one; None for never.

    A cancelled trial is not retried here: whoever cancelled it says what becomes of it.
    """
    if seen.state not in (State.FAILED, State.LOST):
        return None
    if seen.reason is Reason.DIVERGED:  # it would come to the same
        return None
    if seen.reason is Reason.QUOTA:  # the trial never ran; the backend says when there is room
        return now
    allowed = limits.retries if is_transient(seen.state, seen.reason) else limits.code_retries
    return now + min(LONGEST, 2.0 ** (failures - 1)) if failures <= allowed else None
