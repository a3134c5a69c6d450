"""What becomes of a job when the runner reports something: pure, and the same for every service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sweeper.emulator.jobs.record import ENDED, Phase, Record
from sweeper.emulator.runner.work import Event, Work
from sweeper.emulator.timestamps import to_micros

RESTARTS = 3
"""So often a job whose machine is lost begins again; the next time it fails."""


@dataclass(frozen=True, slots=True)
class End:
    """How a job ended."""

    phase: Phase
    code: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """How one service differs from the others."""

    collection: str
    """The last part of a collection's name, by which records are told apart: ``jobs``."""
    words: Mapping[Phase, str]
    work: Callable[[Record, str], Work]
    """(job, its project's id) -> what the runner is given."""
    end: Callable[[Record, Event], End]
    """How a job ends that the runner has reported as ended."""
    begins_again: Callable[[Record], bool]
    """Whether the service starts a job anew whose machine was lost."""
    longest_wait: Callable[[Record], float | None]
    """Seconds that a job may wait before it runs."""
    waited_too_long: Callable[[Record], End]


def advance(record: Record, event: Event, service: Service) -> Record:
    """The job after an event. What arrives late or out of order changes nothing; an end is never left."""
    if record.phase in ENDED:
        return record
    now = to_micros(event.time)
    match event.state:
        case "preparing":
            return _move(record, Phase.PREPARING, now) if record.phase is Phase.QUEUED else record
        case "running":
            return _running(record, now)
        case "preempted" if _restarts(record, service):
            return replace(_move(record, Phase.PREPARING, now), restarts=record.restarts + 1)
        case _:
            return finish(record, service.end(record, event), now)


def finish(record: Record, end: End, now: int) -> Record:
    """The job at its end."""
    return replace(_move(record, end.phase, now), ended=now, code=end.code, message=end.message)


def ask_to_cancel(record: Record, now: int) -> Record:
    """The job after its owner asked to stop it; the second time nothing changes."""
    return record if record.phase is Phase.CANCELLING else _move(record, Phase.CANCELLING, now)


def relabel(record: Record, labels: Mapping[str, str], now: int) -> Record:
    """The job with other labels."""
    return replace(_move(record, record.phase, now), labels=dict(labels))


def _restarts(record: Record, service: Service) -> bool:
    return record.phase is not Phase.CANCELLING and record.restarts < RESTARTS and service.begins_again(record)


def _running(record: Record, now: int) -> Record:
    """Running; the first time counts as its start, and a job that is being cancelled goes on being cancelled."""
    if record.phase is Phase.RUNNING:
        return record
    started = record.started if record.started is not None else now
    phase = record.phase if record.phase is Phase.CANCELLING else Phase.RUNNING
    return replace(_move(record, phase, now), started=started)


def _move(record: Record, phase: Phase, now: int) -> Record:
    return replace(record, phase=phase, updated=now, version=record.version + 1)
