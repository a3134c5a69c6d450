"""Cold: starts a fresh interpreter for a trial without copying the process that asks.

A copy of the keeper would cost more than all else that is done for a trial. What is started instead shares the keeper's
memory until it is the interpreter (vfork), so it can run no Python; the keeper claims the attempt on its behalf.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import time
from collections.abc import Mapping
from typing import NamedTuple

from sweeper.backends.local import folder, process
from sweeper.backends.local.child import Request
from sweeper.backends.local.folder import Attempt, Claim
from sweeper.backends.local.records import Record

_NO_ROOM = (errno.EAGAIN, errno.ENOMEM)
"""There is no process to be had now; anything else says that this command line will never be one."""
_NOT_FOUND = 127
"""The exit code of a shell where there is no such program."""
_IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)
"""Python ignores them; a program that it starts should not."""


class Born(NamedTuple):
    """What became of a request: ``claim`` None where somebody else has the attempt; pid 0 where nothing could start."""

    claim: Claim | None
    pid: int = 0


def spawn(request: Request, *, keepers: tuple[process.Process, ...], environ: Mapping[str, str]) -> Born:
    """Claim, start, say in the claim what was started; in this order, so that nothing ever runs unclaimed.

    Raises OSError where the attempt's folder cannot be written or there is no room for a process: then it is not
    claimed.
    """
    attempt = Attempt(request.path)
    # The name of the claim's process may never be written (`folder.claim_of`): who has the log open is that process.
    log = os.open(attempt.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        claim = Claim(folder.NOBODY, keepers, time.time(), "cold", request.slot)
        if not folder.take(attempt, claim):
            return Born(None)
        what = request.cwd
        try:
            os.chdir(what)
            what = request.argv[0]
            pid = _start(request, {**environ, **request.env}, log)
        except (OSError, ValueError) as error:
            if getattr(error, "errno", None) in _NO_ROOM:
                os.unlink(attempt.claim)  # ours, and nothing was started: somebody may try again
                raise
            why = getattr(error, "strerror", None) or error
            os.write(log, f"sweeper: cannot start {what}: {why}\n".encode())
            return Born(claim)
    finally:
        os.close(log)
    claim = claim._replace(process=process.child(pid))
    with contextlib.suppress(OSError):  # a full disk: the keeper knows it, and the log tells everybody else
        folder.name(attempt, claim.process)
    return Born(claim, pid)


def never_ran(request: Request, claim: Claim) -> Record:
    """The end of an attempt whose program could not be started."""
    nothing = resource.struct_rusage([0] * 16)
    return Record(request.path, 0, _NOT_FOUND << 8, time.time(), nothing, claim)


def _start(request: Request, environ: Mapping[str, str], log: int) -> int:
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, log, 1),
        (os.POSIX_SPAWN_DUP2, log, 2),
    ]
    return os.posix_spawnp(
        request.argv[0], request.argv, environ, file_actions=streams, setsid=True, setsigdef=_IGNORED
    )
