"""Why a job ended, in the words in which the real services tell it.

Those about exit codes and memory are as public reports and Google's page "Understand the custom training service" show
them; those about time limits and lost machines are made after them.
"""

from __future__ import annotations

from sweeper.emulator.runner.work import Event

# google.rpc.Code
CANCELLED, INVALID_ARGUMENT, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE = 1, 3, 4, 8, 13, 14

OUT_OF_MEMORY = 137
"""What a process that was killed by the kernel for its memory leaves: 128 + SIGKILL."""
LONGEST_TAIL = 1000


def exited(replica: str, event: Event, *, out_of_memory: str) -> str:
    """``The replica master 0 exited with a non-zero status of 1.``, and the end of what it printed."""
    if event.code is None:
        return event.message or "Internal error occurred for the current attempt."
    if event.code == OUT_OF_MEMORY:
        return f"The replica {replica} {out_of_memory}"
    tail = f" \n{event.message[-LONGEST_TAIL:]}" if event.message else ""
    return f"The replica {replica} exited with a non-zero status of {event.code}. Termination reason: Error.{tail}"
