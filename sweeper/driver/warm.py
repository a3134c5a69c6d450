"""``warm_start:``: what earlier sweeps measured, as far as it lies in this sweep's space; kept with the sweep.

Kept, because every later proposal follows from it: cleaning up an earlier sweep must not change what this one would do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.driver.known import told
from sweeper.driver.prepare import Prepared
from sweeper.driver.warm_csv import of_csv
from sweeper.errors import UserError
from sweeper.ledger.codec import params_from_json, to_json
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import Point, Sweep
from sweeper.search.told import Told
from sweeper.space.identity import point_id
from sweeper.surroundings import Surroundings

KEY = "warm"
"""In a sweep's settings."""


def stored(prepared: Prepared, ledger: Ledger, row: SweepRow, here: Surroundings) -> dict[str, Any]:
    """What this sweep was told at its first launch, or is told now that its config names other sweeps. Plain JSON."""
    names = list(prepared.sweep.warm_start)
    before = row.settings.get(KEY)
    if before is not None and before["from"] == names:
        return dict(before)
    found = [[dict(point), value] for point, value in _fitting(prepared, ledger, here)]
    return {"from": names, "trials": found}


def of_stored(settings: Mapping[str, Any]) -> tuple[Told, ...]:
    """The same as a search is told it, before its own points."""
    trials = settings.get(KEY, {}).get("trials", ())
    return tuple(
        Told(place - len(trials), params_from_json(to_json(point)), "succeeded", value)
        for place, (point, value) in enumerate(trials)
    )


def _fitting(prepared: Prepared, ledger: Ledger, here: Surroundings) -> list[tuple[Point, float]]:
    """Each point once: the mean of its runs, of several sweeps the later one's."""
    found: dict[str, tuple[Point, float]] = {}
    for name in prepared.sweep.warm_start:
        listed = list(_listed(name, prepared.sweep, ledger, here))
        inside = [(point, value) for point, value in listed if prepared.search.contains(point)]
        found |= {point_id(point): (point, value) for point, value in inside}
        here.say(f"warm start: {len(inside)} of {len(listed)} measured points of {name} lie in this space")
    return list(found.values())


def _listed(name: str, sweep: Sweep, ledger: Ledger, here: Surroundings) -> Iterator[tuple[Point, float]]:
    if name.endswith(".csv"):
        return of_csv(here.cwd / name, sweep)
    row = ledger.find_sweep(name)
    if row.metric.name != sweep.metric.name:
        raise UserError(
            f"{row.id} was ranked by {row.metric.name}, this sweep is ranked by {sweep.metric.name}",
            where=sweep.path,
            path="warm_start",
            hint="name sweeps that report the same metric",
        )
    return _of_sweep(row, ledger)


def _of_sweep(row: SweepRow, ledger: Ledger) -> Iterator[tuple[Point, float]]:
    runs: dict[str, list[TrialRow]] = {}
    for trial in ledger.trials(row.id):
        runs.setdefault(trial.point, []).append(trial)
    for its in runs.values():
        value = told(0, its).value
        if value is not None:
            yield its[0].params, value
