"""What a trial's process does before the trainer's first line, cold and warm alike."""

from __future__ import annotations

import os
import time
from typing import Any, NamedTuple, NoReturn

from sweeper.backends.local import process
from sweeper.backends.local.folder import Attempt, Claim, take


class Request(NamedTuple):
    """One trial to start, as it travels from the launcher to the keeper and the warm parent."""

    path: str
    """The attempt's folder."""
    argv: tuple[str, ...]
    """The interpreter, ``-m``, the module, the arguments."""
    env: dict[str, str]
    """What is set on top of the keeper's own environment."""
    cwd: str
    timeout: float | None
    warm: bool

    @staticmethod
    def of(message: dict[str, Any]) -> Request:
        """From the JSON that crossed the socket."""
        return Request(**{**message, "argv": tuple(message["argv"])})


def prepare(request: Request, *, keepers: tuple[process.Process, ...], how: str) -> None:
    """Become the trial: a session of its own, the claim, the log, the variables, the folder.

    Ends the process at once where another one has the claim; nothing of the trainer has run then.
    """
    os.setsid()
    attempt = Attempt(request.path)
    if not take(attempt, Claim(process.this(), keepers, time.time(), how)):
        os._exit(0)
    log = os.open(attempt.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(null)
    os.close(log)
    os.chdir(request.cwd)


def execute(request: Request) -> NoReturn:
    """Cold: become a fresh interpreter that runs the trainer."""
    try:
        os.execvpe(request.argv[0], request.argv, {**os.environ, **request.env})
    except OSError as error:
        os.write(2, f"sweeper: cannot start {request.argv[0]}: {error.strerror}\n".encode())
        os._exit(127)
