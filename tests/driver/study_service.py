"""A tuning service in memory, on a fake clock: trials take ten seconds each; requests can be lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from sweeper.backends.protocol import Refused, Unavailable
from sweeper.model import Measurement, Observation, Reason, State
from sweeper.studies.protocol import Progress, StudyJob, StudyTrial

TAKES = 10.0


def number_of(n):
    """What trial n measures."""
    return (n * 7 % 11) / 11


@dataclass
class Job:
    """One tuning job."""

    asked: StudyJob
    created: float
    cancelled: float | None = None


@dataclass
class Service:
    """What outlives any launcher."""

    clock: object
    outcome: object = lambda n: Observation(State.SUCCEEDED, measurements=(Measurement("accuracy", number_of(n)),))
    jobs: dict[str, Job] = field(default_factory=dict)
    creates: int = 0
    broken: str = ""

    def progress(self, handle):
        job = self.jobs.get(handle)
        if job is None:
            return Progress(State.LOST)
        now, study = self.clock.now(), job.asked.study
        end = now if job.cancelled is None else min(now, job.cancelled)
        trials, failed = [], 0
        for n in range(1, study.trials + 1):
            begins = job.created + TAKES * ((n - 1) // study.parallel)
            if begins > end:
                break
            trials.append(self.trial(handle, n, begins, end, over=job.cancelled is not None))
            failed += trials[-1].seen.state is State.FAILED
        state = State.RUNNING
        if job.cancelled is not None:
            state = State.CANCELLED
        elif study.max_failed is not None and failed > study.max_failed:
            state = State.FAILED
        elif len(trials) == study.trials and all(one.seen.state is not State.RUNNING for one in trials):
            state = State.SUCCEEDED
        ended = now if state is not State.RUNNING else None
        note = self.broken if state is State.FAILED else ""
        return Progress(state, started=job.created, ended=ended, note=note, trials=tuple(trials))

    def trial(self, handle, n, begins, end, *, over):
        seen = Observation(State.RUNNING, started=begins)
        if begins + TAKES <= end:
            found = self.outcome(n)
            seen = Observation(found.state, found.reason, None, begins, begins + TAKES, found.note, found.measurements)
        elif over:
            seen = Observation(State.CANCELLED, Reason.USER, started=begins, ended=end)
        return StudyTrial(n, f"{handle}/trials/{n}", {"x": float(n)}, seen)


class Client:
    """One launcher's way to the service. ``lose``: so many answers to creates do not arrive."""

    title = "a service"
    resumes = True

    def __init__(self, service, *, lose=0, deaf=0):
        self.service = service
        self.lose = lose
        self.deaf = deaf
        self.waited = 0.0

    def create(self, job, *, again=False, find=False):
        if job.id in self.service.jobs:
            return job.id
        if find:
            raise Refused("it was not made")
        self.service.creates += 1
        self.service.jobs[job.id] = Job(job, self.service.clock.now())
        if self.lose:
            self.lose -= 1
            raise Unavailable("the reply was lost", after=1.0)
        return job.id

    def observe(self, handle):
        return self.service.progress(handle)

    def cancel(self, handle):
        if self.deaf:
            self.deaf -= 1
            raise Unavailable("nobody answers", after=1.0)
        job = self.service.jobs[handle]
        if job.cancelled is None:
            job.cancelled = self.service.clock.now()

    def discover(self, sweep_id):
        found = [(job.asked.attempt, handle) for handle, job in self.service.jobs.items()]
        return sorted(one for one in found if self.service.jobs[one[1]].asked.sweep_id == sweep_id)

    def wait(self, seconds):
        self.service.clock.move(seconds)

    def close(self):
        pass
