"""What a tuning service is: one job of theirs that proposes, runs and measures many trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sweeper.backends.cloud.names import STUDY
from sweeper.formats.study import Study
from sweeper.lean import dataclass, field
from sweeper.model import Observation, Reason, State, Trainer


@dataclass(frozen=True, slots=True)
class StudyJob:
    """One attempt at a study, as a service gets it."""

    sweep_id: str
    attempt: int
    study: Study
    args: tuple[str, ...]
    """The trainer's arguments that all trials have; the service appends ``--<name>=<value>`` for each axis."""
    trainer: Trainer
    env: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    """Seconds that one trial may run, where the service has a limit for one."""

    @property
    def id(self) -> str:
        """Deterministic: the same sweep and attempt give the same id in every process."""
        return f"{self.sweep_id}.{STUDY}.{self.attempt}"

    @property
    def trial_id(self) -> str:
        """What stands in place of a trial in its names and labels."""
        return STUDY


@dataclass(frozen=True, slots=True)
class StudyTrial:
    """One trial of a study, as the service shows it now."""

    number: int
    """The service's own, from 1."""
    handle: str
    """Names the trial in any later process, for ``output`` and ``fetch``."""
    params: Mapping[str, str | float]
    """By the axes' names, as the service wrote them: numbers may be text, whole numbers floats."""
    seen: Observation
    """Measurements oldest first, what the service calls final last. Stopped early = succeeded with that reason."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a service says about a study now."""

    state: State
    reason: Reason = Reason.NONE
    started: float | None = None
    ended: float | None = None
    note: str = ""
    """One line for people: the service's message."""
    trials: tuple[StudyTrial, ...] = ()
    """Every trial so far, by number. Those that a service shows only once they have ended may be missing before."""
    names: tuple[str, ...] = ()
    """Names under which its trials have reported numbers, as far as they could be read, once the study has ended."""


class Studies(Protocol):
    """Promises that every tuning service keeps; ``tests/conformance`` holds it to them.

    A handle is a string that stays valid in any later process. No method may print. Unavailable, Barred and Refused of
    ``backends.protocol`` mean here what they mean there.
    """

    title: str
    """For people: ``Vertex AI``."""
    resumes: bool
    """A study can go on from an earlier one: ``Study.resume``."""

    def create(self, job: StudyJob, *, again: bool = False, find: bool = False) -> str:
        """Start the study and return its handle. Idempotent in ``job.id``: twice gives one tuning job.

        ``again``: the intent is from an earlier try, so that the job may be there already, and is looked for first.
        ``find``: it is to be cancelled: look for it, and raise Refused where there surely is none.
        """

    def observe(self, handle: str) -> Progress | None:
        """One bounded round of calls. None = no news: it could not be told, or the next round is not due yet.

        Raises Unavailable or Barred. A handle that never existed is LOST.
        """

    def cancel(self, handle: str) -> None:
        """Ask the study and its trials to stop. Idempotent; confirmed only by ``observe``."""

    def output(self, handle: str) -> Iterable[str]:
        """What a trial (its handle) printed so far, line by line."""

    def fetch(self, handle: str, into: Path) -> None:
        """Copy a trial's output folder into ``into``."""

    def discover(self, sweep_id: str) -> Sequence[tuple[int, str]]:
        """(attempt, handle) of every study of a sweep that the service itself knows, oldest first."""

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or earlier where something may have changed."""

    def close(self) -> None:
        """Let go of what this process holds; studies go on."""
