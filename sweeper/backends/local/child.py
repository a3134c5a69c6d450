"""A request to start a trial, and what a forked child does before the trainer's first line."""

from __future__ import annotations

import os
import time
from typing import Any, NamedTuple, NoReturn

from sweeper.backends.local import process
from sweeper.backends.local.folder import Attempt, Claim, take


class Request(NamedTuple):
    """One trial to start, as it travels from the launcher to the keeper and the parent."""

    path: str
    """The attempt's folder."""
    argv: tuple[str, ...]
    """The interpreter, ``-m``, the module, the arguments."""
    env: dict[str, str]
    """What is set on top of the keeper's own environment."""
    cwd: str
    timeout: float | None
    warm: bool
    slot: int = 0
    """Which share of the machine the trial has; the keeper chooses it."""

    @staticmethod
    def of(message: dict[str, Any]) -> Request:
        """From the JSON that crossed the socket."""
        return Request(**{**message, "argv": tuple(message["argv"])})


def prepare(request: Request, *, keepers: tuple[process.Process, ...]) -> None:
    """Become the trial: a session of its own, the log, the claim, the variables, the folder.

    Ends the process at once where another one has the claim; nothing of the trainer has run then. Raises OSError
    where the attempt's folder cannot be written: then it has not been claimed either.
    """
    os.setsid()
    attempt = Attempt(request.path)
    log = os.open(attempt.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    if not take(attempt, Claim(process.this(), keepers, time.time(), "warm", request.slot)):
        os._exit(0)
    null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(null)
    os.close(log)
    try:
        os.chdir(request.cwd)
    except OSError as error:
        _give_up(request.cwd, error)


def _give_up(what: str, error: OSError) -> NoReturn:
    """As a shell does where there is no such program."""
    os.write(2, f"sweeper: cannot start {what}: {error.strerror}\n".encode())
    os._exit(127)
