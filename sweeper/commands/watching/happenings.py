"""What happens in a sweep as lines: a move of a trial each, for people or as JSON."""

from __future__ import annotations

import json
import time
from typing import Any

from sweeper.commands.shared import number, short
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import Event, SweepRow, TrialRow
from sweeper.model import State
from sweeper.results.table import text_of
from sweeper.surroundings import Surroundings


class Happenings:
    """Prints each event once, from the moment that it is made."""

    def __init__(self, ledger: Ledger, row: SweepRow, here: Surroundings, *, as_objects: bool) -> None:
        self._ledger = ledger
        self._row = row
        self._here = here
        self._as_objects = as_objects
        self._seen = ledger.last_event()

    def tell(self) -> None:
        """Those that are new."""
        events = self._ledger.events_since(self._seen, self._row.id)
        trials = {one.id: one for one in self._ledger.trials_among(self._row.id, {event.trial for event in events})}
        for event in events:
            self._seen = event.seq
            if (trial := trials.get(event.trial)) is not None:
                self._here.show(
                    json.dumps(as_object(event, trial)) if self._as_objects else self._in_words(event, trial)
                )

    def _in_words(self, event: Event, trial: TrialRow) -> str:
        found = as_object(event, trial)
        when = time.strftime("%H:%M:%S", time.localtime(event.time))
        again = f", attempt {event.attempt}" if event.attempt > 1 else ""
        why = ": ".join(filter(None, (found["reason"], text_of(" ".join(event.note.split())))))
        score = "" if found["metric"] is None else f"{self._row.metric.name} {number(found['metric'])}"
        said = "; ".join(filter(None, (score, why)))
        return f"{when} trial {short(event.trial)} (#{trial.number}{again}): {event.after}" + (
            f", {said}" if said else ""
        )


def as_object(event: Event, trial: TrialRow) -> dict[str, Any]:
    """The shape that scripts rely on. What a later attempt has changed since is not told of an earlier one."""
    newest = event.attempt == trial.attempt and event.after == trial.state
    return {
        "sweep": event.sweep,
        "trial": event.trial,
        "number": trial.number,
        "attempt": event.attempt,
        "time": event.time,
        "before": event.before,
        "state": event.after,
        "reason": trial.reason if newest else "",
        "note": event.note,
        "metric": trial.metric if newest and event.after is State.SUCCEEDED else None,
    }
