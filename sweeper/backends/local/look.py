"""Reads what an attempt's folder says about it: the local backend's translation into our states."""

from __future__ import annotations

import os
import signal
from typing import Any

from sweeper.backends.local import folder, process
from sweeper.backends.local.folder import Attempt
from sweeper.model import Observation, Reason, State

_STOPPED = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT})
"""Signals that somebody sends; all others are the program's own crash."""
_ENDINGS = {
    Reason.USER: State.CANCELLED,
    Reason.TIMEOUT: State.FAILED,
    Reason.STOPPED_EARLY: State.SUCCEEDED,
    Reason.DIVERGED: State.FAILED,
    Reason.STALLED: State.FAILED,
}
NEVER = "never"
"""``how`` of a claim that was taken so that the attempt never starts."""


def look(attempt: Attempt) -> Observation:
    """The attempt's state now; a folder that does not exist is a job that does not exist."""
    if ended := _ended(attempt):
        return ended
    claim = folder.claim_of(attempt)
    if claim is None:
        return Observation(State.QUEUED if os.path.exists(attempt.job) else State.LOST)
    if claim.how == NEVER:
        reason = _asked(attempt, float("inf")) or Reason.USER
        return Observation(_ENDINGS[reason], reason)
    # A process that has just ended is still running for us while somebody is about to write how.
    if process.alive(claim.process) or any(process.alive(keeper) for keeper in claim.keepers):
        return Observation(State.RUNNING, started=claim.started)
    return _ended(attempt) or _vanished(attempt, claim)


def _ended(attempt: Attempt) -> Observation | None:
    record = folder.read(attempt.exit)
    if record is None:
        return None
    code: int = record["code"]
    reason = _asked(attempt, record["ended"])
    state = _ENDINGS[reason] if reason else State.SUCCEEDED if code == 0 else State.FAILED
    note = _note(attempt, code) if state is State.FAILED else ""
    return Observation(
        state, reason or _reason(code, note), code=code, started=record["started"], ended=record["ended"], note=note
    )


def _vanished(attempt: Attempt, claim: folder.Claim) -> Observation:
    reason = _asked(attempt, float("inf"))
    state = _ENDINGS[reason] if reason else State.LOST
    return Observation(state, reason or Reason.NONE, started=claim.started, note="it left no exit record")


def _asked(attempt: Attempt, ended: float) -> Reason | None:
    """Why sweeper asked for the end, unless the trial had ended by then."""
    try:
        with open(attempt.ending, encoding="utf-8") as file:
            return Reason(file.read()) if os.fstat(file.fileno()).st_mtime <= ended else None
    except FileNotFoundError:
        return None


def _reason(code: int, note: str) -> Reason:
    if code == 0:
        return Reason.NONE
    if code < 0 and -code in _STOPPED:
        return Reason.STOPPED
    return Reason.OOM if "MemoryError" in note or "out of memory" in note.lower() else Reason.CODE


def _note(attempt: Attempt, code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return f"killed by {name}" + (" (perhaps out of memory)" if code == -signal.SIGKILL else "")
    return last_line(attempt.log) or f"exit code {code}"


def last_line(path: str) -> str:
    """The last line with text in it; of a Python traceback, the exception."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:500]


def usage(attempt: Attempt) -> dict[str, Any]:
    """CPU seconds and peak memory of an ended attempt, as the system counted them."""
    return folder.read(attempt.exit) or {}
