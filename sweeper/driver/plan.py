"""What a launch would do: counted without starting anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sweeper.driver.prepare import Prepared
from sweeper.lean import dataclass
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow, attempt_of
from sweeper.model import State
from sweeper.space.identity import point_id

DONE = (State.SUCCEEDED, State.FAILED)
CONSENT = 10_000
"""Launching more trials than this asks for ``--yes`` or ``limits.trials``."""


@dataclass(frozen=True)
class Plan:
    """The numbers of ``sweeper plan``."""

    points: int
    trials: int
    exact: bool
    new: int
    keep: int
    retry: int
    removed: int
    other_code: int = 0
    """Among the kept: run with other trainer code than today's."""


def plan(prepared: Prepared, ledger: Ledger | None, row: SweepRow | None, *, digest: str) -> Plan:
    """Compare what the config means with what the ledger has of the sweep."""
    total = prepared.total
    keep = retry = removed = other = 0
    if prepared.asked is not None:
        return _of_a_study(prepared, ledger, row)
    if ledger is not None and row is not None:
        for trial in ledger.trials(row.id):
            if not belongs(prepared, trial):
                removed += 1
            elif trial.retry_at is not None:
                retry += 1
            else:
                keep += 1
                other += trial.state is State.SUCCEEDED and trial.digest != digest
    new = max(0, planned(prepared) - keep - retry)
    return Plan(prepared.search.count, total, prepared.search.exact, new, keep, retry, removed, other)


def _of_a_study(prepared: Prepared, ledger: Ledger | None, row: SweepRow | None) -> Plan:
    """What a service has covered is kept; it proposes the rest itself, and runs nothing again."""
    keep = covered(ledger, row.id) if ledger is not None and row is not None else 0
    total = planned(prepared)
    return Plan(total, total, True, max(0, total - keep), keep, 0, 0)


def covered(ledger: Ledger, sweep_id: str) -> int:
    """Trials of a sweep that studies have run; a study that succeeded covers all that it was asked for."""
    ended = Counter(attempt_of(one.id) for one in ledger.trials(sweep_id) if one.state in DONE)
    for study in ledger.studies(sweep_id):
        if study.state is State.SUCCEEDED:
            ended[study.attempt] = study.trials
    return ended.total()


def planned(prepared: Prepared) -> int:
    """Trials that a launch may run."""
    limit = prepared.sweep.limits.trials
    return prepared.total if limit is None else min(limit, prepared.total)


def belongs(prepared: Prepared, trial: TrialRow) -> bool:
    """Whether the config still means this trial."""
    known = trial.repeat < prepared.sweep.repeats.count and prepared.search.contains(trial.params)
    # With another number of repeats the ids differ: "-0" is there or not.
    return known and point_id(trial.params) == trial.point and _id_fits(prepared, trial)


def _id_fits(prepared: Prepared, trial: TrialRow) -> bool:
    return ("-" in trial.id) == (prepared.sweep.repeats.count > 1)


def changes(prepared: Prepared, trials: Iterable[TrialRow]) -> dict[bool, list[str]]:
    """Trials whose being removed is no longer true: {True: now removed, False: back again}."""
    moved: dict[bool, list[str]] = {True: [], False: []}
    for trial in trials:
        gone = not belongs(prepared, trial)
        if gone != trial.removed:
            moved[gone].append(trial.id)
    return moved
