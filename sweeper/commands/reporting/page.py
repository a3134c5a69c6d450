"""What a report shows of a sweep, read from the ledger; whoever draws it again and again keeps what does not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.commands.again import again, as_line
from sweeper.commands.reporting.facts import facts
from sweeper.commands.shared import repeats_of
from sweeper.driver.refresh import stored
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.report.curves import drawn
from sweeper.results.report.model import page
from sweeper.results.source import reported
from sweeper.results.top import top
from sweeper.surroundings import Surroundings


class Reader:
    """Reads one sweep."""

    def __init__(self, ledger: Ledger, here: Surroundings) -> None:
        self._ledger = ledger
        self._here = here
        self._lines: dict[tuple[str, int], str] = {}
        """Command lines by trial and attempt: each is a file to be read."""

    def model(self, row: SweepRow) -> dict[str, Any]:
        """The page's model."""
        rows = top(self._ledger, row.id, metric=row.metric, repeats=repeats_of(row))
        measured = reported(self._ledger, row.id, row.metric.name, drawn(rows))
        commands = self._commands(row, rows)
        return page(facts(self._ledger, row, rows, self._here), rows, commands=commands, measured=measured)

    def _commands(self, row: SweepRow, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """What runs each trial once more, as `sweeper best --argv` has it; empty where nothing is left to go by."""
        trainer = stored(row).trainer
        for one in rows:
            key = one["trial"], one["attempt"]
            if one["attempt"] and not self._lines.get(key) and (key not in self._lines or one["ended"] is None):
                try:
                    self._lines[key] = as_line(again(self._ledger, row, one, self._here, trainer=trainer))
                except UserError:  # `sweeper clean` has taken its folder, or it has none yet
                    self._lines[key] = ""
        return [self._lines.get((one["trial"], one["attempt"]), "") for one in rows]
