"""Why a sweep was stopped as a whole: one trial's traceback, once, for all that ended with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from sweeper.backends.protocol import Barred, Unavailable
from sweeper.commands.shared import short
from sweeper.driver.outcome import Outcome
from sweeper.driver.refresh import Outputs, backend_of
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings

LAST = 2000
"""Lines that are looked at; a log may be longer than memory."""
LONGEST = 30
"""Lines that are shown."""
PYTHONS_OWN = '  File "<frozen runpy>"'
"""Frames of `python -m` itself, which are no part of anybody's program."""


def show_failure(outcome: Outcome, row: SweepRow, ledger: Ledger, here: Surroundings) -> None:
    """Say that the sweep stopped, and what the last trial that failed printed at its end."""
    why, _, note = outcome.tally.halted.partition(": ")
    if not outcome.tally.failed:  # a tuning job can fail without any trial
        here.say(f"stopped: {outcome.tally.halted}")
        return
    trial, _ = outcome.tally.failed[-1]
    lines = _last_words(trial, row, ledger, here)
    here.say(f"stopped: {why}" + ("" if lines and not row.is_study else f": {note}"))
    if row.is_study and row.note.partition("\n")[2]:
        here.say(row.note.partition("\n")[2].strip())
    _show(trial, lines, here)


def show_printed(trial: str, row: SweepRow, ledger: Ledger, here: Surroundings) -> None:
    """Say what one trial printed at its end."""
    _show(trial, _last_words(trial, row, ledger, here), here)


def _show(trial: str, lines: Sequence[str], here: Surroundings) -> None:
    if lines:
        here.say(f"trial {short(trial)} printed:\n" + "\n".join(f"  {line}".rstrip() for line in lines))


def _last_words(trial: str, row: SweepRow, ledger: Ledger, here: Surroundings) -> Sequence[str]:
    handle = ledger.jobs(row.id, trial)[-1].handle
    return end_of(printed(handle, backend_of(row, here)) if handle else [])


def printed(handle: str, backend: Outputs) -> list[str]:
    """The last lines that a job printed; none where they cannot be had."""
    if not handle:
        return []
    try:
        last = deque(backend.output(handle), maxlen=LAST)
    except (Unavailable, Barred):  # the failure's own note has to do
        return []
    return [line.rstrip("\n") for line in last if not line.startswith(PYTHONS_OWN)]


def end_of(lines: Sequence[str]) -> Sequence[str]:
    """From the last traceback on; of a long one, the first line and the end, where the cause is."""
    begin = max((at for at, line in enumerate(lines) if line.startswith("Traceback (most recent")), default=0)
    # What was raised while another error was handled belongs to it.
    while begin and (first := _joined_to(lines, begin)) is not None:
        begin = first
    tail = list(lines[begin:])
    if len(tail) <= LONGEST:
        return tail
    return [*tail[:1], f"  ... {len(tail) - LONGEST} lines ...", *tail[1 - LONGEST :]]


def _joined_to(lines: Sequence[str], begin: int) -> int | None:
    """Where the traceback starts that this one goes on from, if it does."""
    said = [line for line in lines[max(0, begin - 3) : begin] if line.strip()]
    if not said or not said[-1].endswith(("another exception occurred:", "direct cause of the following exception:")):
        return None
    return max((at for at in range(begin) if lines[at].startswith("Traceback (most recent")), default=None)
