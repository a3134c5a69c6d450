"""The data in the middle: what a sweep, a trial, a job and a measurement are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeAlias

from sweeper.lean import dataclass, field
from sweeper.settings import CloudSettings as CloudSettings
from sweeper.settings import EarlyStopping as EarlyStopping
from sweeper.settings import Hook as Hook
from sweeper.settings import Limits as Limits
from sweeper.settings import LocalSettings as LocalSettings
from sweeper.settings import StopWhen as StopWhen

Value: TypeAlias = "str | int | float | bool | None | tuple[Value, ...]"
"""What a parameter can be. A list in YAML is a tuple here, so that points can be hashed."""
Point: TypeAlias = Mapping[str, Value]
"""One assignment of the parameters, in the config's order; absent = its ``when`` does not hold."""


class State(StrEnum):
    """Where a job is. Stored as these words."""

    SUBMITTING = "submitting"  # the intent is on disk, the backend may or may not know
    QUEUED = "queued"  # the backend has it, it has not started
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"  # as the user asked
    LOST = "lost"  # the backend positively has no such job


class Reason(StrEnum):
    """Why a job ended as it did, where the state alone does not say."""

    NONE = ""
    CODE = "code"  # the trainer's own code failed
    OOM = "oom"
    TIMEOUT = "timeout"
    STOPPED = "stopped"  # killed by something that is neither the user nor sweeper
    STOPPED_EARLY = "stopped_early"  # by a stopping rule
    PREEMPTED = "preempted"
    QUOTA = "quota"
    USER = "user"
    DIVERGED = "diverged"  # ended by sweeper: its metric is no finite number any more
    STALLED = "stalled"  # ended by sweeper: it reported nothing for too long


@dataclass(frozen=True, slots=True)
class Choices:
    """Listed values; a constant is one choice."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A numeric range, ends included. ``num`` or ``step`` makes it a grid axis."""

    min: float | int
    max: float | int
    scale: Literal["linear", "log"] = "linear"
    num: int | None = None
    step: float | int | None = None
    integer: bool = False
    """Whole numbers only: both ends (and the step) were written as whole numbers, or ``type: int``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One axis of the space."""

    name: str
    domain: Choices | Range
    when: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """The parameter is present only where each named parameter has one of the listed values."""
    constant: bool = False
    """Written as a bare scalar: it is passed on, but nobody sweeps it."""


@dataclass(frozen=True, slots=True)
class Together:
    """Parameters that move as one axis: row i gives each name its i-th value."""

    values: Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Space:
    """All axes and the rules between them, in the config's order."""

    parameters: tuple[Parameter, ...]
    together: tuple[Together, ...] = ()
    exclude: tuple[Mapping[str, tuple[Value, ...]], ...] = ()
    """A point is left out if, for some entry, every named parameter has one of the listed values."""
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trainer:
    """The program whose command line is swept."""

    module: str
    package: str | None = None
    """A folder, searched for the module before the working directory; as written in the config."""
    python: str | None = None
    """The interpreter; None = the one that sweeper runs in."""
    requires: tuple[str, ...] = ()
    """Distribution names, as pip takes them."""
    usage: Literal["docopt", "argparse", "none"] = "docopt"
    env: Mapping[str, str] = field(default_factory=dict)
    cloud_requires: tuple[str, ...] = ()
    """What a trial needs besides where its output folder is in a bucket."""
    image: str | None = None
    """A container that holds the trainer, for backends that run containers; None = the trainer is packaged."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The number that trials are ranked by."""

    name: str = "accuracy"
    goal: Literal["maximize", "minimize"] = "maximize"
    reduce: Literal["last", "best", "max", "min"] = "last"
    source: Literal["auto", "hypertune", "jsonl", "tensorboard", "stdout"] = "auto"
    pattern: str | None = None
    """For stdout: a regular expression with a group ``value`` and, if it likes, ``step`` and ``name``."""
    more: tuple[Metric, ...] = ()
    """Further objectives, each with its own name, goal and reduction; they are read where this one is."""
    where: tuple[str, ...] = ()
    """Conditions on metrics, written as ``constraints`` are; a trial that breaks one is never the best."""
    watched: tuple[str, ...] = ()
    """What the conditions speak of besides the objectives; a trial counts with its last measurement of it."""

    @property
    def objectives(self) -> tuple[Metric, ...]:
        """All that is to be made better; the first ranks where one is enough."""
        return (self, *self.more)

    @property
    def names(self) -> tuple[str, ...]:
        """Every metric that is wanted of a trial."""
        return (*(one.name for one in self.objectives), *self.watched)

    @property
    def judged(self) -> bool:
        """The first number alone does not say which trial is better: there are other objectives, or conditions."""
        return bool(self.more or self.where)


@dataclass(frozen=True, slots=True)
class Repeats:
    """Runs of each point; run r gets the sweep's seed plus r."""

    count: int = 1
    parameter: str | None = None
    """The trainer's option that takes the seed; None where there is one run and no seed is passed."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one config means, defaults filled in."""

    name: str
    trainer: Trainer
    space: Space
    method: str = "grid"
    points: tuple[Point, ...] = ()
    """For ``method: list``."""
    seed: int = 0
    order: Literal["as-written", "shuffled", "coarse-to-fine"] = "as-written"
    trials: int | None = None
    """How many points, where the method does not say it."""
    algorithm: Literal["service", "grid", "random"] = "service"
    """For ``method: service``: how the service searches; ``service`` = as it thinks best, which is Bayesian."""
    resume: str | None = None
    """For ``method: service``: an earlier tuning job whose trials the service begins with."""
    early_stopping: EarlyStopping | None = None
    stop_when: StopWhen | None = None
    warm_start: tuple[str, ...] = ()
    """Earlier sweeps, or CSV files, whose trials an adaptive search begins with."""
    repeats: Repeats = Repeats()
    metric: Metric = Metric()
    limits: Limits = Limits()
    backend: str = "local"
    local: LocalSettings = LocalSettings()
    clouds: Mapping[str, CloudSettings] = field(default_factory=dict)
    """Settings of the cloud backends that the config has a section for, by the backend's name."""
    stage: tuple[str, ...] = ()
    """Files or globs of this machine that cloud jobs need: uploaded once, their parameters get the new address."""
    on_finish: Hook | None = None
    on_failure: Hook | None = None
    path: str = ""
    """Where the config was read, for messages."""
    text: str = ""
    """The config as written."""
    confirms: str = ""
    """Id of the sweep whose contenders ``points`` are: they are run in rounds, until one is left."""

    @property
    def is_smoke(self) -> bool:
        """Its trials end with their first report: they show whether those of another sweep would run."""
        return self.early_stopping is not None and self.early_stopping.rule == "first"


@dataclass(frozen=True, slots=True)
class Trial:
    """A point and a repeat: what is counted, run and listed."""

    id: str
    """The point's id, and ``-<repeat>`` where the sweep has repeats."""
    number: int
    """Its place in the order of the sweep, from 0."""
    point_id: str
    point: Point
    repeat: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Measurement:
    """One reported number."""

    metric: str
    value: float
    step: int = 0
    time: float = 0.0
    """Unix seconds; 0 where the report does not say."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to run a trial, as a backend gets it."""

    sweep_id: str
    trial_id: str
    attempt: int
    args: tuple[str, ...]
    """The trainer's arguments, after ``python -m <module>``."""
    trainer: Trainer
    env: Mapping[str, str] = field(default_factory=dict)
    """What sweeper and the config set for this job."""
    timeout: float | None = None

    @property
    def id(self) -> str:
        """Deterministic: the same sweep, trial and attempt give the same id in every process."""
        return f"{self.sweep_id}.{self.trial_id}.{self.attempt}"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a backend says about a job now."""

    state: State
    reason: Reason = Reason.NONE
    code: int | None = None
    """Exit code; minus the signal's number where a signal ended it. None while it has not ended."""
    started: float | None = None
    ended: float | None = None
    note: str = ""
    """One line for people: the last line of the traceback, the service's message."""
    measurements: tuple[Measurement, ...] = ()
    """Everything reported so far that the backend could read in this round; repeats are harmless."""
