"""The ledger's rows: what is on disk about a sweep, a trial, a job and its moves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from sweeper.lean import dataclass, field
from sweeper.model import Metric, Reason, State, Value

SweepState: TypeAlias = Literal["open", "done", "halted", "cancelling"]


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One launch of a config, carried on by later launches."""

    id: str
    name: str
    created: float
    config: str = ""
    """The config as written."""
    config_path: str = ""
    backend: str = "local"
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the launch was told beside the config; plain JSON values."""
    digest: str = ""
    """Of the trainer's code, at the last launch."""
    state: SweepState = "open"
    note: str = ""
    metric: Metric = field(default_factory=Metric)
    total: int = 0
    """Trials in the current config."""

    @property
    def is_study(self) -> bool:
        """A tuning service proposes and runs its trials."""
        return "asked" in self.settings

    @property
    def is_smoke(self) -> bool:
        """A smoke run, which no launch carries on."""
        return "smoke" in self.settings

    @property
    def kept(self) -> dict[str, Any]:
        """Of the settings, what no launch makes anew: which hooks were run."""
        return {"hooks": self.settings["hooks"]} if "hooks" in self.settings else {}

    @property
    def confirms(self) -> str:
        """The id of the sweep whose contenders it runs again; empty for any other."""
        return str(self.settings.get("confirm", {}).get("of", ""))


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A trial and where it stands; the second half mirrors its newest job."""

    sweep: str
    id: str
    number: int
    point: str
    """The point's id."""
    params: Mapping[str, Value] = field(default_factory=dict)
    repeat: int = 0
    seed: int = 0
    removed: bool = False
    """Its point is no longer in the config."""
    metric: float | None = None
    """The reduced metric. NaN is None here, with ``metric_note`` 'nan'."""
    metric_note: str = ""
    digest: str = ""
    """Of the trainer's code, at the last attempt."""
    retry_at: float | None = None
    """When a new attempt is due; None where none is."""
    attempt: int = 0
    state: State = State.SUBMITTING
    reason: Reason = Reason.NONE
    started: float | None = None
    ended: float | None = None
    code: int | None = None
    note: str = ""

    @property
    def result(self) -> float | None:
        """The number of a trial that has succeeded with a finite one."""
        if self.state is not State.SUCCEEDED or self.metric is None or not math.isfinite(self.metric):
            return None
        return self.metric


@dataclass(frozen=True, slots=True)
class JobRow:
    """One attempt to run a trial."""

    sweep: str
    trial: str
    attempt: int
    state: State = State.SUBMITTING
    reason: Reason = Reason.NONE
    handle: str = ""
    """What the backend calls it; empty until it answered."""
    args: tuple[str, ...] = ()
    slot: str = ""
    """Where it runs, as the backend names its places."""
    submitted: float | None = None
    started: float | None = None
    ended: float | None = None
    code: int | None = None
    note: str = ""
    cancel: str = ""
    """The reason of a requested cancel; empty where nobody asked."""


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One attempt to have a tuning service run a sweep."""

    sweep: str
    attempt: int
    state: State = State.SUBMITTING
    reason: Reason = Reason.NONE
    handle: str = ""
    """What the service calls it; empty until it answered."""
    trials: int = 0
    """That it was asked for."""
    resume: str = ""
    """The earlier tuning job that it goes on from."""
    submitted: float | None = None
    started: float | None = None
    ended: float | None = None
    note: str = ""
    cancel: str = ""
    """Why it is to be ended; empty where nobody asked."""


def study_trial_id(attempt: int, number: int) -> str:
    """A trial of a study has the service's own number; a later study's has the attempt before it."""
    return str(number) if attempt == 1 else f"{attempt}-{number}"


def attempt_of(trial: str) -> int:
    """The attempt at a study that a trial is of."""
    attempt, dash, _ = trial.partition("-")
    return int(attempt) if dash else 1


@dataclass(frozen=True, slots=True)
class Event:
    """One move of a job. ``before`` is None where the job begins."""

    seq: int
    sweep: str
    trial: str
    attempt: int
    time: float
    before: State | None
    after: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Something another process asks of the launcher; ``trial`` None = the whole sweep."""

    seq: int
    sweep: str
    what: str
    trial: str | None
    time: float
