"""What a service says about a job's end, translated into our states and reasons; pure."""

from __future__ import annotations

import re

from sweeper.backends.cloud.row import Row
from sweeper.model import Observation, Reason, State

ENDINGS = {
    Reason.USER: State.CANCELLED,
    Reason.TIMEOUT: State.FAILED,
    Reason.STOPPED_EARLY: State.SUCCEEDED,
    Reason.DIVERGED: State.FAILED,
    Reason.STALLED: State.FAILED,
}
"""What a job has come to that was cancelled for this reason."""

# google.rpc.Code
_ABORTED, _DEADLINE_EXCEEDED, _RESOURCE_EXHAUSTED, _INTERNAL, _UNAVAILABLE = 10, 4, 8, 13, 14
_TRANSIENT = frozenset({_ABORTED, _INTERNAL, _UNAVAILABLE})
_SIGKILL, _SIGTERM = -9, -15
_STOPPED = frozenset({-1, -2, -3, _SIGTERM})  # hung up, interrupted, quit, terminated
_NOTE = 300
_ELSEWHERE = "To find out more about why your job exited"

# It goes: The replica workerpool0-0 exited with a non-zero status of 1. Or: ... of 137(SIGKILL), or 9(SIGKILL).
_STATUS = re.compile(r"non-zero status of (\d+)(?:\s*\((SIG[A-Z0-9]+)\))?")
# Jobs have no other word for these than their message (GOOGLE_APIS, sections 1.8 and 4).
_QUOTA = re.compile(r"quota (?:failure|exceeded|metrics? )|exceeds? quota|resources are insufficient|stockout", re.I)
_MEMORY = re.compile(r"out[ -]of[ -]memory|low on memory|\bOOM\b|\bMemoryError\b", re.I)
_PREEMPTED = re.compile(r"\bpre-?empt|\bevict|\bspot\b.*\b(?:reclaimed|taken)", re.I)
_TIMEOUT = re.compile(r"timed? ?out|deadline|max(?:imum)?[ _]?(?:running|wait)[ _]?time|time limit", re.I)


def observation(row: Row, asked: Reason | None = None) -> Observation | None:
    """What a job has come to; ``asked``: why sweeper asked for its end. None where that cannot be told."""
    if row.state is None:
        return None
    if not row.over:
        return Observation(row.state, started=row.started)
    if row.state is State.SUCCEEDED:
        return Observation(State.SUCCEEDED, code=0, started=row.started, ended=row.ended)
    if row.state is State.FAILED:
        return _failed(row)
    # Asked for by sweeper, at its own limit, or by a person in the console.
    reason = asked or _over_its_limit(row) or Reason.USER
    note = (_told(row.message) or "it ran longer than it may") if reason is Reason.TIMEOUT else ""
    return Observation(ENDINGS[reason], reason, started=row.started, ended=row.ended, note=note)


def _failed(row: Row) -> Observation:
    code = exit_code(row.message)
    note = _told(row.message) or "the service does not say why"
    return Observation(State.FAILED, _reason(row, code), code, row.started, row.ended, note)


def exit_code(message: str) -> int | None:
    """The exit code that a message tells; minus the signal's number where a signal ended it."""
    found = _STATUS.search(message)
    if found is None:
        return None
    status = int(found[1])
    if 128 < status < 128 + 65:  # as a shell says it
        return 128 - status
    return -status if found[2] else status


def _reason(row: Row, code: int | None) -> Reason:
    text = row.message
    if code in (None, _SIGKILL) and _QUOTA.search(text):
        return Reason.QUOTA
    if code == _SIGKILL or _MEMORY.search(text):
        return Reason.OOM
    if code in (None, _SIGTERM) and _PREEMPTED.search(text):
        return Reason.PREEMPTED
    if code is not None:
        return Reason.STOPPED if code in _STOPPED else Reason.CODE
    if row.error == _RESOURCE_EXHAUSTED:
        return Reason.QUOTA
    if row.error == _DEADLINE_EXCEEDED or _TIMEOUT.search(text) or _over_its_limit(row):
        return Reason.TIMEOUT
    if row.error in _TRANSIENT or "internal error" in text.lower():
        return Reason.PREEMPTED if row.spot and row.error == _UNAVAILABLE else Reason.STOPPED
    return Reason.CODE


def _over_its_limit(row: Row) -> Reason | None:
    """ML Engine cancels a job that ran or waited longer than it may; its state does not tell that from a person."""
    if row.ended is None:
        return None
    ran = row.ended - row.started if row.started is not None else None
    if row.limit is not None and ran is not None and ran >= row.limit:
        return Reason.TIMEOUT
    if row.wait is not None and ran is None and row.ended - row.created >= row.wait:
        return Reason.TIMEOUT
    return Reason.TIMEOUT if _TIMEOUT.search(row.message) else None


def _told(text: str) -> str:
    """The line that says most: the last one of what the trainer printed, where the service quotes it."""
    lines = [line.strip() for line in text.partition(_ELSEWHERE)[0].splitlines() if line.strip()]
    return lines[-1 if _STATUS.search(text) else 0][:_NOTE] if lines else ""
