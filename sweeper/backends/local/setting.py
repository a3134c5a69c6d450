"""What a local backend is told, and what its trials find in their environment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from sweeper.backends.local.folder import Attempt
from sweeper.backends.local.hazards import THREAD_VARIABLES
from sweeper.backends.local.news import METRICS_EVERY
from sweeper.backends.local.settings import GRACE, WARMING, Keeping, Order, Warm
from sweeper.backends.local.slots import Slots
from sweeper.lean import dataclass, field
from sweeper.model import Job, Metric, Trainer

NEVER_WARM = "local.warm is never"
"""The one reason for cold starts that the user knows."""
PER_TRIAL = ("SWEEPER_TRIAL", "SWEEPER_JOB_DIR", "CLOUD_ML_HP_METRIC_FILE", "CLOUD_ML_TRIAL_ID")
"""Variables whose value differs from trial to trial."""


@dataclass(frozen=True)
class Setting:
    """Everything the local backend is told; nothing is read from the surroundings later."""

    home: Path
    cwd: Path
    environ: Mapping[str, str] = field(repr=False)
    """Its values may be secrets."""
    trainer: Trainer
    metric: Metric
    slots: Slots
    why_cold: str = ""
    """Why trials are not even tried to be forked from a warm parent; empty where they are."""
    python: str = sys.executable
    grace: float = GRACE
    warming: float = WARMING
    metrics_every: float = METRICS_EVERY
    """Seconds between two readings of a running trial's metrics."""
    ahead: bool = True
    """Trials that take moments wait here for a slot. Not where what runs next is to follow from what has ended."""
    say: Callable[[str], None] = lambda _: None
    """Told once how trials start, and why cold where they could not start warm."""

    def common(self) -> dict[str, str]:
        """What every trial of the sweep finds in its environment."""
        common = {name: str(self.slots.threads) for name in THREAD_VARIABLES}
        # One hash seed for all trials, so that set order is no hidden parameter, and warm equals cold.
        common["PYTHONHASHSEED"] = self.environ.get("PYTHONHASHSEED", "0")
        return {**common, **self.trainer.env}

    def order(self) -> Order:
        """What its keeper is started with."""
        watched = PER_TRIAL + (("CUDA_VISIBLE_DEVICES",) if self.slots.gpus else ())
        watched += THREAD_VARIABLES if self.slots.threads != 1 else ()
        warm = None if self.why_cold else Warm(self.trainer.module, str(self.cwd), self.slots.threads, watched)
        environ = {**self.environ, **self.common(), **dict.fromkeys(THREAD_VARIABLES, "1")}
        return Order(Keeping(warm, self.slots.variables(), self.grace, self.warming), environ, str(self.cwd))

    def variables(self, attempt: Attempt, job: Job) -> dict[str, str]:
        """All that sweeper and the config set for one attempt."""
        own = {
            "SWEEPER_TRIAL": job.trial_id,
            "SWEEPER_JOB_DIR": attempt.output,
            "CLOUD_ML_HP_METRIC_FILE": f"{attempt.path}/hypertune.jsonl",
            "CLOUD_ML_TRIAL_ID": job.trial_id,
        }
        return {**self.common(), **own, **job.env}
