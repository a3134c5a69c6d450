"""The learning curves of a sweep, read from the ledger and kept up with what each pass has seen."""

from __future__ import annotations

from collections.abc import Iterable

from sweeper.early_stopping.curve import Curve
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import TrialRow
from sweeper.model import Reason, State

EARLY = "early"
"""Begins the wish to end a job by a rule: ``early <step>: <why>``."""


class Curves:
    """One for each trial that was ever started."""

    def __init__(self, ledger: Ledger, sweep_id: str, metric: str) -> None:
        self._ledger = ledger
        self._id = sweep_id
        self._metric = metric
        self._curves = {trial.id: self._curve(trial) for trial in ledger.trials(sweep_id) if trial.attempt}

    def all(self) -> list[Curve]:
        """As of the last update."""
        return list(self._curves.values())

    def of(self, trial: str) -> Curve:
        """That of one trial."""
        return self._curves[trial]

    def update(self, changed: Iterable[str]) -> None:
        """Read again what has changed."""
        for trial in changed:
            row = self._ledger.trial(self._id, trial)
            if row is not None:
                self._curves[trial] = self._curve(row)

    def _curve(self, row: TrialRow) -> Curve:
        reports = self._ledger.measurements(self._id, row.id, self._metric)
        by_step = {found.step: found.value for _, found in reports}  # of several at one step, the last
        waits = row.retry_at is not None and row.state is not State.CANCELLED
        return Curve(
            row.id,
            row.number,
            State.QUEUED if waits else row.state,
            tuple(sorted(by_step.items())),
            Reason.NONE if waits else row.reason,
            self._stopped_at(row),
        )

    def _stopped_at(self, row: TrialRow) -> int | None:
        wishes = [job.cancel for job in self._ledger.jobs(self._id, row.id) if job.cancel.startswith(EARLY)]
        return int(wishes[-1].split(":")[0].split()[1]) if wishes else None


def wish(curve: Curve, why: str) -> str:
    """What is written down before a job is asked to end."""
    return f"{EARLY} {curve.last if curve.last is not None else -1}: {why}"


def why(wished: str) -> str:
    """The words of a wish; empty where it is not a rule's."""
    return wished.partition(": ")[2] if wished.startswith(EARLY) else ""
