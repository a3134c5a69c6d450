"""``sweeper watch``: the status, again and again, until the sweep rests; on a terminal the trials as well."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sweeper.commands.line import line_on
from sweeper.commands.shared import chosen, existing, in_words, is_driven
from sweeper.commands.status import as_json, in_lines, look
from sweeper.commands.watching.happenings import Happenings
from sweeper.driver.refresh import Kept
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State
from sweeper.surroundings import Surroundings

EVERY = 0.5
"""Seconds between two looks."""
HOW = 'note: the full screen, with all trials and their logs, comes with: pip install "sweeper[watch]"'


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Find the sweep, follow it."""
    with existing(here) as ledger:
        row = chosen(ledger, parsed["<sweep>"], here)
        as_lines = parsed["--lines"] or parsed["--json"] or not here.to_people
        if not as_lines and here.lively and here.keys:
            try:
                from sweeper.commands.screen.app import Watch  # textual comes with the extra only
            except ImportError:
                here.say(HOW)
            else:
                return on_screen(Watch(ledger, row, here), ledger, row, here)
        told = Happenings(ledger, row, here, as_objects=parsed["--json"]) if as_lines or not here.lively else None
        return follow(ledger, row.id, here, as_object=parsed["--json"], told=told)


def on_screen(screen: Any, ledger: Ledger, row: SweepRow, here: Surroundings) -> int:
    """The full screen until somebody leaves it; then 0 while the sweep goes on, else as ``follow``."""
    screen.run()
    if screen.error is not None:
        raise screen.error
    if screen.return_code:  # textual has said why
        return 3
    if not screen.at_rest:
        here.say(f"left; the sweep goes on: sweeper watch {row.id}")
        return 0
    return _end(ledger, row.id, here, as_object=False)


def follow(
    ledger: Ledger, sweep_id: str, here: Surroundings, *, as_object: bool = False, told: Happenings | None = None
) -> int:
    """Show what changes until nobody runs the sweep and no trial is left running; 0 if all trials succeeded.

    With ``told`` what happens is printed, and the counts are said where there is a line for them.
    """
    counts: Mapping[State, int] = {}
    with line_on(here) as line, Kept() as kept:
        while True:
            row = ledger.sweep(sweep_id)
            assert row is not None
            driven, _ = is_driven(here, sweep_id)
            if not driven:
                look(ledger, row, here, kept=kept)
            rests = not driven and not ledger.runs(sweep_id)
            if told is not None:
                told.tell()
            first, counts = not counts, ledger.counts(sweep_id)
            if told is None or here.lively or first or rests:
                line.say(f"{row.id}: {in_words(counts, row.total)}")
            if rests:
                break
            time.sleep(EVERY)
    return _end(ledger, sweep_id, here, as_object=as_object)


def _end(ledger: Ledger, sweep_id: str, here: Surroundings, *, as_object: bool) -> int:
    row = ledger.sweep(sweep_id)
    assert row is not None
    here.show(json.dumps(as_json(ledger, row, here)) if as_object else "\n".join(in_lines(ledger, row, None, here)))
    return 0 if ledger.counts(sweep_id).get(State.SUCCEEDED, 0) == row.total else 1
