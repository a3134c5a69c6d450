"""What a config says of how a sweep runs: limits, when trials or the sweep end early, and the backends' settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sweeper.lean import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What a launch may use."""

    parallel: int | None = None
    timeout: float | None = None
    """Seconds a job may run."""
    retries: int = 2
    """New attempts after a transient failure (lost, stopped, preempted, quota)."""
    code_retries: int = 0
    """New attempts after the trainer's own failure."""
    trials: int | None = None
    """Also the consent to launch that many."""
    hours: float | None = None
    cost: float | None = None
    """US dollars: what the running times at the machine's price may come to."""
    max_failed: int | None = None
    """For ``method: service``: so many trials may fail before the service gives up; None = it decides itself."""


@dataclass(frozen=True, slots=True)
class EarlyStopping:
    """Which running trials are ended before their time; ``config/stopping.py`` says more. Times in seconds."""

    rule: str = "asha"
    min_steps: int = 2
    reduction: int = 3
    max_steps: int | None = None
    resumes: bool = False
    min_trials: int = 5
    patience: int | None = None
    min_delta: float = 0.0
    threshold: float | None = None
    stall: float | None = None


@dataclass(frozen=True, slots=True)
class StopWhen:
    """When no more trials are started, although some are left."""

    no_improvement: int
    """So many points in a row that ended without a better value than the best before them."""
    min_delta: float = 0.0
    """What counts as better: by more than this."""


@dataclass(frozen=True, slots=True)
class Hook:
    """What is run or told when a sweep ends, or a trial has failed: a program, or an address."""

    command: tuple[str, ...] = ()
    """The program and its arguments; empty where it is an address."""
    url: str = ""
    url_from: str = ""
    """The variable that holds the address, where nobody may read it in the config."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the request: the variable that holds each one's value."""
    timeout: float = 30.0
    """Seconds that it may take."""


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """``local:`` of the config."""

    slots: Literal["cpu", "gpu", "auto"] = "auto"
    trials_per_gpu: int = 1
    warm: Literal["auto", "always", "never"] = "auto"
    threads: int | None = None
    """BLAS and OpenMP threads of each trial; None = the cores shared out among the slots."""


@dataclass(frozen=True, slots=True)
class CloudSettings:
    """``mlengine:`` or ``vertex:`` of the config: what both services have."""

    project: str | None = None
    region: str | None = None
    bucket: str | None = None
    """``gs://bucket`` or ``gs://bucket/folder``: packages, data and every trial's output folder go there."""
    machine: str | None = None
    """None = the service's smallest sensible one. ML Engine: ``masterType``."""
    accelerator: str | None = None
    """As the service spells it: ``NVIDIA_TESLA_T4``."""
    accelerators: int = 1
    runtime: str | None = None
    """Vertex: the image that runs a Python package; ML Engine: ``runtimeVersion``."""
    service_account: str | None = None
    network: str | None = None
    spot: bool = False
    creates_per_minute: int = 60
    """The service's own quota on job creations."""
    price: float | None = None
    """US dollars an hour for one job's machine, instead of the shipped table."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """The keys that only one of the services has, by name; ``config/clouds.py`` lists them."""
