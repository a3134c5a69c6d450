"""A tuning service without processes, for tests of everything above it: trials end when the fake clock says so."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sweeper.backends.fake import Outcome, measured
from sweeper.backends.protocol import Refused, Unavailable
from sweeper.clock import FakeClock
from sweeper.formats.study import Axis, every
from sweeper.model import Choices, Observation, Reason, State
from sweeper.states import FINAL
from sweeper.studies.protocol import Progress, StudyJob, StudyTrial


def walk(job: StudyJob, number: int) -> dict[str, str | float]:
    """Parameters of a trial: along every axis that has no parent, one step for each trial."""
    return {axis.name: _step(axis, number - 1) for axis in every(job.study.axes) if axis in job.study.axes}


def succeed(job: StudyJob, number: int) -> Outcome:
    """Every trial takes ten seconds and measures a number of its own."""
    return measured(number * 7 % 11 / 11, metric=job.study.metric, seconds=10.0)


@dataclass
class FakeStudy:
    """One tuning job of the fake."""

    job: StudyJob
    created: float
    told: tuple[float, State, str] | None = None
    """When it was ended from outside, as what, and why."""


@dataclass
class FakeTuning:
    """What a real service would keep on its side; it outlives any number of ``FakeStudies`` in front of it."""

    clock: FakeClock
    outcome: Callable[[StudyJob, int], Outcome] = succeed
    propose: Callable[[StudyJob, int], Mapping[str, str | float]] = walk
    studies: dict[str, FakeStudy] = field(default_factory=dict)
    reachable: bool = True
    lose: int = 0
    """So many answers to creates get lost, though they are acted upon."""
    creates: int = 0
    calls: int = 0

    def end(self, handle: str, state: State, note: str = "") -> None:
        """The service ends a study by itself."""
        study = self.studies[handle]
        study.told = study.told or (self.clock.now(), state, note)

    def progress(self, handle: str) -> Progress:
        """How a study stands now."""
        study = self.studies.get(handle)
        if study is None:
            return Progress(State.LOST)
        now = self.clock.now()
        told = study.told if study.told and study.told[0] < self._over(study)[0] else None
        end, state, note = told or self._over(study)
        until = min(now, end)
        trials = tuple(self._trial(handle, study, n, begins, until) for n, begins in _begun(self, study, until))
        if now < end:
            return Progress(State.RUNNING, started=study.created, trials=trials)
        if state is State.FAILED:  # nothing began after that
            trials = tuple(one for one in trials if one.seen.started != end)
        trials = tuple(replace(one, seen=_cut(one.seen, end)) for one in trials)
        names = sorted({one.metric for trial in trials for one in trial.seen.measurements})
        reason = Reason.USER if state is State.CANCELLED else Reason.NONE
        return Progress(state, reason, study.created, end, note, trials, tuple(names))

    def _over(self, study: FakeStudy) -> tuple[float, State, str]:
        """When it ends by itself, and how."""
        job, failed, end, some = study.job, 0, study.created, False
        for n, begins in _begun(self, study, float("inf")):
            found = self.outcome(job, n)
            end = max(end, begins + found.seconds)
            some |= found.observation.state is State.SUCCEEDED
            failed += found.observation.state is State.FAILED
            if job.study.max_failed is not None and failed > job.study.max_failed:
                return begins + found.seconds, State.FAILED, f"too many trials have failed: {failed}"
        return (end, State.SUCCEEDED, "") if some else (end, State.FAILED, "no trial has succeeded")

    def _trial(self, handle: str, study: FakeStudy, number: int, begins: float, now: float) -> StudyTrial:
        found = self.outcome(study.job, number)
        seen = Observation(State.RUNNING, started=begins)
        if begins + found.seconds <= now:
            seen = replace(found.observation, code=None, started=begins, ended=begins + found.seconds)
        return StudyTrial(number, f"{handle}/trials/{number}", self.propose(study.job, number), seen)


class FakeStudies:
    """Keeps every promise of the protocol, without doing anything."""

    title = "a tuning service"
    resumes = True

    def __init__(self, service: FakeTuning) -> None:
        self._service = service

    def create(self, job: StudyJob, *, again: bool = False, find: bool = False) -> str:
        """A study that was created before is the same study."""
        service = self._ask()
        if job.id in service.studies:
            return job.id
        if find:
            raise Refused("it was not made")
        service.creates += 1
        service.studies[job.id] = FakeStudy(job, service.clock.now())
        if service.lose:
            service.lose -= 1
            raise Unavailable("the reply was lost", after=1.0, alone=True)
        return job.id

    def observe(self, handle: str) -> Progress | None:
        """One call."""
        return self._ask().progress(handle)

    def cancel(self, handle: str) -> None:
        """End it now, if it is there and has not ended."""
        service = self._ask()
        if handle in service.studies and service.progress(handle).state not in FINAL:
            service.end(handle, State.CANCELLED)

    def output(self, handle: str) -> Iterator[str]:
        """The lines that the outcome names."""
        if found := self._outcome(handle):
            yield from found.output

    def fetch(self, handle: str, into: Path) -> None:
        """One file that names the trial."""
        if self._outcome(handle):
            into.mkdir(parents=True, exist_ok=True)
            (into / "trial.txt").write_text(handle)

    def discover(self, sweep_id: str) -> Sequence[tuple[int, str]]:
        """Every study of the sweep."""
        found = self._ask().studies.items()
        return sorted((one.job.attempt, handle) for handle, one in found if one.job.sweep_id == sweep_id)

    def wait(self, seconds: float) -> None:
        """Let the clock go on."""
        self._service.clock.move(seconds)

    def close(self) -> None:
        """Nothing is held."""

    def _ask(self) -> FakeTuning:
        self._service.calls += 1
        if not self._service.reachable:
            raise Unavailable("nobody answers", after=1.0)
        return self._service

    def _outcome(self, handle: str) -> Outcome | None:
        """How a trial goes; None where it has not begun."""
        name, _, number = handle.rpartition("/trials/")
        service = self._ask()
        begun = {one.handle for one in service.progress(name).trials}
        return service.outcome(service.studies[name].job, int(number)) if handle in begun else None


def _begun(service: FakeTuning, study: FakeStudy, end: float) -> Iterable[tuple[int, float]]:
    """(number, start) of the trials that begin until ``end``: so many at once as it was asked for."""
    free = [study.created] * study.job.study.parallel
    for n in range(1, study.job.study.trials + 1):
        begins = heapq.heappop(free)
        if begins > end:
            return
        yield n, begins
        heapq.heappush(free, begins + service.outcome(study.job, n).seconds)


def _cut(seen: Observation, end: float) -> Observation:
    """A trial that the end of its study has ended."""
    return replace(seen, state=State.CANCELLED, reason=Reason.USER, ended=end) if seen.state not in FINAL else seen


def _step(axis: Axis, step: int) -> str | float:
    domain = axis.domain
    if isinstance(domain, Choices):
        value = domain.values[step % len(domain.values)]
        return value if isinstance(value, str) else float(str(value))
    if domain.integer:
        return float(domain.min + step % int(domain.max - domain.min + 1))
    return domain.min + (domain.max - domain.min) * (step * 5 % 8) / 8
