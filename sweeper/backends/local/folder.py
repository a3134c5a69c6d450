"""Where everything of a trial and of one attempt lies, and the small files that tell its story."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from sweeper.backends.local.process import Process, alive, holder


class Attempt(NamedTuple):
    """The folder of one attempt; its path is the handle."""

    path: str

    @property
    def job(self) -> str:
        """What was asked for: argv, variables, working directory."""
        return f"{self.path}/job.json"

    @property
    def log(self) -> str:
        """What the trial printed, both streams."""
        return f"{self.path}/log.txt"

    @property
    def claim(self) -> str:
        """Who runs the attempt; its existence means that nobody else ever will."""
        return f"{self.path}/claim.json"

    @property
    def ending(self) -> str:
        """Why sweeper ended it, written before the signal."""
        return f"{self.path}/ending"

    @property
    def exit(self) -> str:
        """How it ended, written by whoever waited for the process."""
        return f"{self.path}/exit.json"

    @property
    def output(self) -> str:
        """The trial's output folder, which all its attempts share."""
        return f"{os.path.dirname(self.path)}/output"


def attempt_of(home: Path, sweep_id: str, trial_id: str, attempt: int) -> Attempt:
    """The folder of one attempt below the state folder."""
    return Attempt(f"{home}/{sweep_id}/{trial_id}/{attempt}")


def write(path: str, text: str) -> None:
    """Make a file appear whole: written beside, then renamed."""
    beside = f"{path}.{os.getpid()}"
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(beside, path)


def read(path: str) -> dict[str, Any] | None:
    """A JSON file, or None where it is not there, or empty because the machine's power went before it was on disk."""
    try:
        with open(path, "rb") as file:
            found: dict[str, Any] = json.loads(file.read())
            return found
    except (FileNotFoundError, ValueError):
        return None


NOBODY = Process(0, "")


class Claim(NamedTuple):
    """Which process runs an attempt, and which processes promise to write its exit record."""

    process: Process
    """NOBODY on disk where the first keeper claims for a process that it is about to start: ``name`` adds it."""
    keepers: tuple[Process, ...]
    started: float
    how: str
    """``warm`` or ``cold``."""
    slot: int = 0
    """Which share of the machine the trial has."""


def take(attempt: Attempt, claim: Claim) -> bool:
    """Claim the attempt; False where somebody has it already.

    A hard link fails if the name exists, so the claim appears at once, whole, and only once.
    """
    beside = f"{attempt.claim}.{os.getpid()}"
    try:
        _put(beside, json.dumps(claim), os.O_CREAT | os.O_TRUNC)
        os.link(beside, attempt.claim)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
    return True


def name(attempt: Attempt, process: Process) -> None:
    """Add to a claim of ours which process it was for; a second line, since readers may look at any moment."""
    _put(attempt.claim, f"\n{json.dumps(process)}\n", os.O_APPEND)


def _put(path: str, text: str, flags: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC | flags, 0o644)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def claim_of(attempt: Attempt) -> Claim | None:
    """The claim on an attempt, or None where nobody has started it."""
    claim = _written(attempt)
    if claim is None or claim.process != NOBODY or not claim.keepers or alive(claim.keepers[0]):
        return claim
    # It was taken for a process, and whoever took it died. The name may have come since we read; if it never came,
    # the process, if it was started at all, is the one that has the log open.
    claim = _written(attempt)
    if claim is None or claim.process != NOBODY:
        return claim
    return claim._replace(process=holder(attempt.log) or NOBODY)


def _written(attempt: Attempt) -> Claim | None:
    try:
        with open(attempt.claim, "rb", buffering=0) as file:
            first, _, second = file.read().partition(b"\n")
        process, keepers, started, how, slot = json.loads(first)
    except FileNotFoundError:
        return None
    except ValueError:  # the power went before it was on disk: somebody had it, and nobody lives who could tell
        return Claim(NOBODY, (), 0.0, "")
    if second.endswith(b"\n"):
        process = json.loads(second)
    return Claim(Process(*process), tuple(Process(*keeper) for keeper in keepers), started, how, slot)


def write_exit(
    attempt: Attempt, pid: int, status: int, ended: float, usage: Any, *, claim: Claim | None = None
) -> bool:
    """Record how ``pid`` ended, if the attempt is its own and nobody wrote it before; ``claim`` where it is known."""
    claim = claim or claim_of(attempt)
    if claim is None or claim.process.pid != pid or os.path.exists(attempt.exit):
        return False
    record = {
        "code": os.waitstatus_to_exitcode(status),
        "started": claim.started,
        "ended": ended,
        "how": claim.how,
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "max_rss_kb": usage.ru_maxrss,
    }
    write(attempt.exit, json.dumps(record))
    return True
