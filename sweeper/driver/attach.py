"""A sweep's ledger made again from what the cloud knows: the claim on its name, its configs, its jobs.

Imported only where somebody attaches.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol

from sweeper.backends import registry
from sweeper.backends.cloud import names
from sweeper.backends.cloud.history import Past
from sweeper.backends.protocol import Backend
from sweeper.clock import Clock
from sweeper.config import parse
from sweeper.config.methods import ADAPTIVE
from sweeper.driver import confirm, recovered, study_launch, warm
from sweeper.driver.observe import Observer
from sweeper.driver.smoke import smoke_of
from sweeper.driver.tally import Flight
from sweeper.driver.target import sweep_folder
from sweeper.driver.work import Work
from sweeper.errors import UserError
from sweeper.google import claim
from sweeper.google.place import Place
from sweeper.google.storage import Storage
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import JobRow, SweepRow, TrialRow
from sweeper.model import State, Sweep, Trial
from sweeper.search import registry as searches
from sweeper.search.trials import total, trial
from sweeper.states import FINAL
from sweeper.studies.protocol import Studies

SEARCHED = 200_000
"""Trials of a config that are looked at to find those of the jobs: they are started in order, so the first ones."""


class Remembering(Backend, Protocol):
    """A backend that can tell what became of every job of a sweep."""

    def history(self, sweep_id: str) -> Sequence[Past]:
        """Every job that bears the sweep's id, with its arguments and what it came to."""


@dataclass(frozen=True)
class Launched:
    """One config of the sweep, as ``configs/<n>.json`` has it."""

    sweep: Sweep
    facts: Mapping[str, Any]


def find(storage: Storage, place: Place, name: str, backend: str) -> list[Launched]:
    """Every config that was launched under a name or an id, oldest first. Raises UserError where there is none."""
    held = claim.holder(storage, claim.address(place.folder, name))
    sweep_id = held.id if held is not None else name
    folder = sweep_folder(place, sweep_id.rpartition("-")[0] or name, sweep_id)
    urls = sorted(one.url for one in storage.list(f"{folder}/configs/"))
    if not urls:
        hint = "its bucket, name and backend are in the lines that `sweeper launch` printed"
        raise UserError(f"no sweep '{name}' has been launched in {place.folder}", hint=hint)
    found = [_launched(json.loads(storage.read(url))) for url in urls]
    there = found[-1].facts["backend"]
    if there != backend:
        raise UserError(f"the sweep '{name}' runs on {there}, not on {backend}", hint=f"say --backend={there}")
    return found


def _launched(facts: Mapping[str, Any]) -> Launched:
    sweep = parse(facts["config"], path=facts["config_path"], backends=tuple(registry.BACKENDS))
    there = replace(sweep, backend=facts["backend"])
    launched = smoke_of(there).sweep if "smoke" in facts else there  # a smoke run has the config of its sweep
    meant = confirm.from_facts(launched, facts)
    return Launched(replace(meant, name=facts["name"]), facts)


def sweep_row(launched: Sequence[Launched], place: Place) -> SweepRow:
    """The row of the sweep, as its launch wrote it."""
    newest, facts = launched[-1].sweep, launched[-1].facts
    return SweepRow(
        id=facts["id"],
        name=facts["name"],
        created=facts["created"],
        config=facts["config"],
        config_path=facts["config_path"],
        backend=facts["backend"],
        settings={
            "module": newest.trainer.module,
            "repeats": newest.repeats.count,
            "place": place.as_json(),
            **{key: facts[key] for key in ("asked", "smoke", warm.KEY, confirm.KEY) if key in facts},
        },
        digest=facts["code"],
        metric=newest.metric,
        total=facts["trials"],
    )


def rebuild(
    ledger: Ledger, row: SweepRow, launched: Sequence[Launched], backend: Remembering, clock: Clock
) -> tuple[int, list[str]]:
    """Write the sweep, its trials and every attempt. Returns how many jobs were found, and the ids of strangers.

    One transaction: a ledger has the whole sweep or nothing of it.
    """
    past = backend.history(row.id)
    rows, strangers = _trial_rows(row, launched, past)
    with ledger.transaction():
        ledger.add_sweep(row)
        _write_all(ledger, row, launched, backend, clock, rows, past)
        counts = ledger.counts(row.id)
        done = sum(counts.get(state, 0) for state in (State.SUCCEEDED, State.FAILED, State.LOST)) == row.total
        ledger.update_sweep(row.id, state="done" if done else "open", note="")
    return len(past), strangers


def rebuild_study(ledger: Ledger, row: SweepRow, launched: Sequence[Launched], studies: Studies, clock: Clock) -> int:
    """The same for a sweep that a tuning service runs. Returns how many tuning jobs were found."""
    work = study_launch.work_of(launched[-1].sweep, row)
    with ledger.transaction():
        ledger.add_sweep(row)
        found = study_launch.adopt(ledger, work, studies, clock, study_launch.dictionary_of(row))
        if (known := ledger.sweep(row.id)) is not None and known.state == "open" and not ledger.runs(row.id):
            done = found and ledger.studies(row.id)[-1].state is State.SUCCEEDED
            ledger.update_sweep(row.id, state="done" if done else "open")
    return found


def adopt(
    ledger: Ledger, row: SweepRow, launched: Sequence[Launched], backend: Remembering, clock: Clock
) -> tuple[int, list[str]]:
    """Write what another machine has launched of a sweep that this ledger has too. Returns as ``rebuild`` does."""
    past = [one for one in backend.history(row.id) if _is_news(ledger, row.id, one)]
    rows, strangers = _trial_rows(row, launched, past)
    with ledger.transaction():
        _write_all(ledger, row, launched, backend, clock, rows, past)
    return len(past), strangers


def _is_news(ledger: Ledger, sweep_id: str, one: Past) -> bool:
    """Whether the ledger lacks the attempt or its end. An intent without a job is the launcher's to settle."""
    job = next((job for job in ledger.jobs(sweep_id, one.trial_id) if job.attempt == one.attempt), None)
    return job is None or (job.state not in FINAL and bool(job.handle))


def _write_all(
    ledger: Ledger,
    row: SweepRow,
    launched: Sequence[Launched],
    backend: Backend,
    clock: Clock,
    rows: Mapping[str, TrialRow],
    past: Sequence[Past],
) -> None:
    codes = {names.package(one.facts["package"]): one.facts["code"] for one in launched}
    by_attempt: dict[int, list[Past]] = defaultdict(list)
    for one in past:
        if one.trial_id in rows:
            by_attempt[one.attempt].append(one)
    work = Work(launched[-1].sweep, row.id, 0, 1, _no_trial, _no_args)
    for attempt in sorted(by_attempt):
        _write(ledger, work, backend, clock, rows, by_attempt[attempt], codes)


def _trial_rows(
    row: SweepRow, launched: Sequence[Launched], past: Sequence[Past]
) -> tuple[dict[str, TrialRow], list[str]]:
    found: dict[str, TrialRow] = {}
    wanted = {one.trial_id for one in past}
    for age, one in enumerate(reversed(launched)):
        for known in islice(_trials(one.sweep, past), SEARCHED):
            if len(found) == len(wanted):
                break
            if known.id in wanted and known.id not in found:
                found[known.id] = _trial_row(row.id, known, removed=age > 0)
    return found, sorted(wanted - found.keys())


def _trials(sweep: Sweep, past: Sequence[Past]) -> Iterator[Trial]:
    if sweep.method in ADAPTIVE:
        yield from recovered.trials(sweep, past)
        return
    search = searches.make(sweep)
    for number in range(total(search, sweep)):
        try:
            yield trial(search, sweep, number)
        except IndexError:  # fewer points than could be counted beforehand
            continue


def _trial_row(sweep_id: str, known: Trial, *, removed: bool) -> TrialRow:
    return TrialRow(
        sweep_id,
        known.id,
        known.number,
        known.point_id,
        known.point,
        known.repeat,
        known.seed,
        removed,
    )


def _write(
    ledger: Ledger,
    work: Work,
    backend: Backend,
    clock: Clock,
    rows: Mapping[str, TrialRow],
    past: Sequence[Past],
    codes: Mapping[str, str],
) -> None:
    """One attempt of each of some trials: begun, queued, and what it came to."""
    flight = Flight(stopping=True)
    for one in past:
        known = ledger.jobs(work.sweep_id, one.trial_id)
        if known and known[-1].state not in FINAL:
            if known[-1].attempt == one.attempt:
                flight.live[one.trial_id] = known[-1]
            continue  # a later one is not told before this one has ended
        job = JobRow(work.sweep_id, one.trial_id, one.attempt, args=one.args, submitted=one.submitted)
        ledger.begin(replace(rows[one.trial_id], digest=codes.get(one.package, "")), job, time=clock.now())
        queued = replace(job, state=State.QUEUED, handle=one.handle)
        ledger.record(job, queued, time=clock.now())
        flight.live[one.trial_id] = queued
    for trial_id in {one.trial_id for one in past}:
        if rows[trial_id].removed:
            ledger.mark_removed(work.sweep_id, [trial_id])
    observer = Observer(work, ledger, clock, flight)
    seen = [(flight.live[one.trial_id], one.observation) for one in past if one.trial_id in flight.live]
    observer.take_in([(job, found) for job, found in seen if found is not None])


def _no_trial(number: int) -> Trial:
    raise IndexError(number)


def _no_args(trial: Trial) -> tuple[str, ...]:
    return ()
