"""Every job that a service has of a sweep, put in our words: what a ledger can be made of again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sweeper.backends.cloud import names
from sweeper.backends.cloud.measures import Measures
from sweeper.backends.cloud.outcome import observation
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.stops import Stops
from sweeper.model import Observation


@dataclass(frozen=True, slots=True)
class Past:
    """One attempt of a trial."""

    trial_id: str
    attempt: int
    handle: str
    observation: Observation | None
    """None where the service's word is not known."""
    args: tuple[str, ...]
    submitted: float
    package: str
    """``names.package`` of what it runs."""


def of_sweep(rows: Iterable[Row], sweep_id: str) -> dict[str, Row]:
    """The job that counts for each attempt, by our job id, in the order in which they were made."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.age):  # the first one counts, as ``twins`` has it
        if job_id := names.id_of(row, sweep_id):
            found.setdefault(job_id, row)
    return found


def history(rows: Mapping[str, Row], measures: Measures, stops: Stops) -> list[Past]:
    """What became of each. The output folder is the trial's, so its numbers go to the trial's last attempt."""
    last: dict[str, Row] = {}
    for row in rows.values():
        if row.folder not in last or row.attempt > last[row.folder].attempt:
            last[row.folder] = row
    reasons = stops.of(rows.values())
    numbers = measures.read(list(last.values()))
    past = []
    for row in rows.values():
        seen = observation(row, reasons.get(row.key))
        found = numbers.get(row.handle, ())
        if isinstance(found, Exception):
            raise found
        past.append(
            Past(
                trial_id=row.folder.rpartition("/")[2],
                attempt=row.attempt,
                handle=row.handle,
                observation=replace(seen, measurements=found) if seen else None,
                args=row.args,
                submitted=row.created,
                package=row.package,
            )
        )
    return past
