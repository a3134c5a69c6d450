"""What the emulator's services and its runner say to each other: a job to run, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

JobState = Literal["preparing", "running", "succeeded", "failed", "cancelled", "timeout", "preempted"]
JobFault = Literal["preempt", "hang", "quota"]

ENDED = frozenset({"succeeded", "failed", "cancelled", "timeout", "preempted"})
"""The states after which nothing more is reported of a job."""

NO_QUOTA = "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_cpus"
"""The message of a job that failed by the fault "quota", in the service's own words."""


@dataclass(frozen=True, slots=True)
class Work:
    """One job, as its service would hand it to a machine."""

    name: str
    """Unique: the job's full resource name."""
    packages: tuple[str, ...] = ()
    """``gs://`` addresses of source distributions or wheels."""
    module: str | None = None
    args: tuple[str, ...] = ()
    """The command line after the module or the command, exactly as the program is to see it."""
    env: Mapping[str, str] = field(default_factory=dict)
    """What this service and this job set; it wins over what the runner sets."""
    image: str | None = None
    """A custom container: there is no container runtime here, so only its ``command`` can run, as a local process."""
    command: tuple[str, ...] = ()
    timeout: float | None = None
    """Seconds from "running"."""
    job_dir: str | None = None
    """``gs://`` address of the output folder: a simulated run writes its metric there."""
    created: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """A job is in another state now. Of each job they come in order, each once, in the event loop's thread."""

    name: str
    state: JobState
    time: float
    code: int | None = None
    """The exit code of a process that ended by itself; 128 + n after signal n."""
    message: str = ""
    """For a person; empty when all is well."""
    quota: bool = False
    """A failure because the project's resource quota was exhausted: nothing ran."""


class Runner(Protocol):
    """Runs jobs, so many at once; the rest wait in the order they came."""

    def start(self, work: Work) -> None:
        """Queue it. Its first event comes later, never within this call."""

    def cancel(self, name: str) -> None:
        """Ask for the end; it comes as an event. Unknown and ended jobs are left alone."""

    def log(self, name: str) -> Sequence[tuple[float, str, str]]:
        """(unix time, severity, text) of each line so far."""

    def reported(self, name: str) -> str:
        """What the job has written by now into the file that ``CLOUD_ML_HP_METRIC_FILE`` names."""

    async def close(self, *, kill: bool) -> None:
        """Start nothing more; end what runs, or wait for it. Nothing is reported of what is ended here."""
