"""A backend without processes, for tests of everything above it: jobs end when the fake clock says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sweeper.clock import FakeClock
from sweeper.model import Job, Measurement, Observation, Reason, State
from sweeper.states import FINAL

_ENDINGS = {
    Reason.USER: State.CANCELLED,
    Reason.STOPPED_EARLY: State.SUCCEEDED,
    **dict.fromkeys((Reason.TIMEOUT, Reason.DIVERGED, Reason.STALLED), State.FAILED),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a fake job goes: what it measures and how it ends, ``seconds`` after its start."""

    seconds: float = 1.0
    observation: Observation = Observation(State.SUCCEEDED, code=0)
    output: tuple[str, ...] = ()
    reports: tuple[tuple[float, Measurement], ...] = ()
    """What it reports before its end: seconds after its start, and the number."""

    def reported(self, seconds: float) -> tuple[Measurement, ...]:
        """By so many seconds after its start."""
        return tuple(measurement for after, measurement in self.reports if after <= seconds)


@dataclass
class FakeService:
    """What a real service would keep on its side; it outlives any number of ``FakeBackend`` in front of it."""

    clock: FakeClock
    outcome: Callable[[Job], Outcome] = lambda job: Outcome()
    jobs: dict[str, Job] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    ended: dict[str, Observation] = field(default_factory=dict)
    reachable: bool = True
    calls: int = 0


class FakeBackend:
    """Keeps every promise of the protocol, without doing anything."""

    def __init__(self, service: FakeService, *, parallel: int = 4) -> None:
        self._service = service
        self._parallel = parallel

    @property
    def lanes(self) -> int:
        """One: what a submit costs here is not worth a thread."""
        return 1

    def capacity(self) -> int:
        """Free slots."""
        service = self._service
        return self._parallel - sum(1 for job in list(service.jobs) if self._look(job).state not in FINAL)

    def resize(self, parallel: int) -> None:
        """More or fewer slots."""
        self._parallel = parallel

    def submit(self, job: Job, *, again: bool = False, find: bool = False) -> str:
        """Start a job; a job that was started before is the same job."""
        service = self._service
        if job.id not in service.jobs:
            service.jobs[job.id] = job
            service.started[job.id] = service.clock.now()
        return job.id

    def observe(self, handles: Sequence[str]) -> Mapping[str, Observation]:
        """All jobs in one call; an unreachable service answers nothing."""
        self._service.calls += 1
        if not self._service.reachable:
            return {}
        return {handle: self._look(handle) for handle in handles}

    def _look(self, handle: str) -> Observation:
        service = self._service
        if handle not in service.jobs:
            return Observation(State.LOST)
        if handle not in service.ended:
            outcome = service.outcome(service.jobs[handle])
            start, now = service.started[handle], service.clock.now()
            if now < start + outcome.seconds:
                return Observation(State.RUNNING, started=start, measurements=outcome.reported(now - start))
            seen, reported = outcome.observation, outcome.reported(outcome.seconds)
            service.ended[handle] = replace(
                seen, started=start, ended=start + outcome.seconds, measurements=(*reported, *seen.measurements)
            )
        return service.ended[handle]

    def cancel(self, handle: str, reason: Reason) -> None:
        """End a job that has not ended."""
        service = self._service
        if handle in service.jobs and self._look(handle).state not in FINAL:
            state = _ENDINGS[reason]
            start, now = service.started[handle], service.clock.now()
            reported = service.outcome(service.jobs[handle]).reported(now - start)
            service.ended[handle] = Observation(state, reason, started=start, ended=now, measurements=reported)

    def output(self, handle: str) -> Iterator[str]:
        """The lines that the outcome names."""
        service = self._service
        if handle in service.jobs:
            yield from service.outcome(service.jobs[handle]).output

    def fetch(self, handle: str, into: Path) -> None:
        """One file that names the job."""
        into.mkdir(parents=True, exist_ok=True)
        (into / "job.txt").write_text(handle)

    def discover(self, sweep_id: str) -> Iterable[tuple[str, str]]:
        """Every job of the sweep."""
        return [(job.id, job.id) for job in self._service.jobs.values() if job.sweep_id == sweep_id]

    def wait(self, seconds: float) -> None:
        """Let the clock go on."""
        self._service.clock.move(seconds)

    def close(self) -> None:
        """Nothing is held."""


def measured(value: float, *, metric: str = "accuracy", seconds: float = 1.0) -> Outcome:
    """A job that succeeds with one measurement."""
    measurement = Measurement(metric, value)
    return Outcome(seconds, Observation(State.SUCCEEDED, code=0, measurements=(measurement,)))
