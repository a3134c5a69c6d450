"""What an export hands over, read from the ledger trial by trial: no sweep is held in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sweeper.driver.refresh import stored
from sweeper.errors import UserError
from sweeper.formats.finished import Finished, Study
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import Choices, Range, State, Value
from sweeper.states import LIVE


def study_of(ledger: Ledger, row: SweepRow) -> Study:
    """The sweep, and what its finished trials have for parameters."""
    facts = {"sweep": row.name, "backend": row.backend, "config_path": row.config_path, "digest": row.digest}
    return Study(
        row.id,
        row.name,
        row.metric,
        row.created,
        row.config,
        domains=_domains(row),
        observed=_observed(ledger, row),
        facts={name: fact for name, fact in facts.items() if fact},
    )


def finished(ledger: Ledger, row: SweepRow) -> Iterator[Finished]:
    """Every trial that has ended, however it did, in the order of the sweep; removed ones are left out."""
    return (_finished(ledger, trial) for trial in _ended(ledger, row))


def _ended(ledger: Ledger, row: SweepRow) -> Iterator[TrialRow]:
    return (one for one in ledger.trials(row.id) if one.state not in LIVE and not one.removed)


def _finished(ledger: Ledger, trial: TrialRow) -> Finished:
    job = ledger.job(trial.sweep, trial.id, trial.attempt)
    return Finished(
        trial.id,
        trial.number,
        trial.point,
        trial.params,
        trial.state,
        trial.reason,
        trial.note or (trial.metric_note if trial.metric is None else ""),
        job.args if job else (),
        trial.seed,
        trial.attempt,
        trial.code,
        trial.started,
        trial.ended,
        trial.metric if trial.state is State.SUCCEEDED else None,  # what a failed attempt has left is no result
        tuple(one for _, one in ledger.measurements(trial.sweep, trial.id)),
    )


def _domains(row: SweepRow) -> dict[str, Choices | Range]:
    """As the config has them; none of a sweep whose config was not kept or cannot be read any more."""
    try:
        space = stored(row).space
    except UserError:
        return {}
    linked = {name: Choices(values) for rows in space.together for name, values in rows.values.items()}
    return {**{one.name: one.domain for one in space.parameters}, **linked}


def _observed(ledger: Ledger, row: SweepRow) -> Mapping[str, tuple[Value, ...]]:
    found: dict[str, dict[str, Value]] = {}
    for trial in _ended(ledger, row):
        for name, value in trial.params.items():
            found.setdefault(name, {})[json.dumps(value)] = value
    return {name: tuple(values.values()) for name, values in found.items()}
