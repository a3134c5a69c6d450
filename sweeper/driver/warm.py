"""``warm_start:``: what earlier sweeps measured, as far as it lies in this sweep's space; kept with the sweep.

Kept, because every later proposal follows from it: cleaning up an earlier sweep must not change what this one would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sweeper.driver.known import told
from sweeper.driver.prepare import Prepared
from sweeper.driver.warm_csv import of_csv
from sweeper.errors import LedgerError, ProblemsError, UserError
from sweeper.lean import replace
from sweeper.ledger.codec import params_from_json, to_json
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import Point, Sweep
from sweeper.search.told import Told
from sweeper.space.identity import point_id
from sweeper.surroundings import Surroundings

KEY = "warm"
"""In a sweep's settings."""


def stored(prepared: Prepared, ledger: Ledger | None, known: SweepRow | None, here: Surroundings) -> dict[str, Any]:
    """What this sweep was told at its first launch, or is told now that its config names other sweeps. Plain JSON.

    ``known`` is the sweep where it has been launched before. Raises UserError for what cannot be begun with.
    """
    names = list(prepared.sweep.warm_start)
    before = known.settings.get(KEY) if known is not None else None
    if before is not None and before["from"] == names:
        return dict(before)
    found: dict[str, tuple[Point, float]] = {}
    for name in names:
        found |= _fitting(name, prepared, here, _listed(name, prepared.sweep, ledger, known, here))
    return {"from": names, "trials": [[dict(point), value] for point, value in found.values()]}


def of_stored(settings: Mapping[str, Any]) -> tuple[Told, ...]:
    """The same as a search is told it, before its own points."""
    trials = settings.get(KEY, {}).get("trials", ())
    return tuple(
        Told(place - len(trials), params_from_json(to_json(point)), "succeeded", value)
        for place, (point, value) in enumerate(trials)
    )


def _fitting(
    name: str, prepared: Prepared, here: Surroundings, measured: Iterable[tuple[Point, float]]
) -> dict[str, tuple[Point, float]]:
    """Those that lie in the space, each point once, by its id: of several rows the last."""
    listed = list(measured)
    inside = [(point, value) for point, value in listed if prepared.search.contains(point)]
    here.say(f"warm start: {len(inside)} of {len(listed)} measured points of {name} lie in this space")
    return {point_id(point): (point, value) for point, value in inside}


def _listed(
    name: str, sweep: Sweep, ledger: Ledger | None, known: SweepRow | None, here: Surroundings
) -> Iterator[tuple[Point, float]]:
    if name.endswith(".csv"):
        return of_csv(here.cwd / name, sweep)
    row, where = _row(name, sweep, ledger), {"where": sweep.path, "path": "warm_start"}
    if known is not None and row.id == known.id:
        hint = "leave it out: a sweep knows its own trials; --fresh begins a new one with them"
        raise UserError(f"{row.id} is this sweep itself", hint=hint, **where)
    if row.metric.name != sweep.metric.name:
        message = f"{row.id} was ranked by {row.metric.name}, this sweep is ranked by {sweep.metric.name}"
        raise UserError(message, hint="name sweeps that report the same metric", **where)
    assert ledger is not None
    return _of_sweep(row, ledger)


def _row(name: str, sweep: Sweep, ledger: Ledger | None) -> SweepRow:
    """The sweep that is meant. UserError that says where the name is written."""
    try:
        if ledger is None:
            raise UserError(f"no sweep is called '{name}': there are none yet", hint="launch one first")
        return ledger.find_sweep(name)
    except LedgerError:
        raise
    except UserError as error:
        raise ProblemsError([replace(one, where=sweep.path, path="warm_start") for one in error.problems]) from None


def _of_sweep(row: SweepRow, ledger: Ledger) -> Iterator[tuple[Point, float]]:
    runs: dict[str, list[TrialRow]] = {}
    for trial in ledger.trials(row.id):
        runs.setdefault(trial.point, []).append(trial)
    for its in runs.values():
        value = told(0, its).value
        if value is not None:
            yield its[0].params, value
