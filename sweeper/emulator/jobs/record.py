"""One job as the emulator keeps it, in no service's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where a job is; each service has its own word for it. Stored as these words."""

    QUEUED = "queued"
    PREPARING = "preparing"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED})
LIVE = frozenset(Phase) - ENDED


@dataclass(frozen=True, slots=True)
class Record:
    """A job of any service; times are microseconds, set when they are known."""

    collection: str
    """Where it is listed: ``projects/p/jobs``."""
    job_id: str
    body: Mapping[str, Any]
    """The message that was sent, checked; labels and display name are beside it."""
    created: int
    updated: int
    display: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    phase: Phase = Phase.QUEUED
    started: int | None = None
    ended: int | None = None
    code: int = 0
    """google.rpc.Code of what went wrong; 0 = nothing."""
    message: str = ""
    """What went wrong, for the owner."""
    restarts: int = 0
    """How often its machine was lost and it began again."""
    version: int = 1
    """Counts the changes; the etag is made of it."""
    seq: int = 0
    """Its place among all jobs, in the order of creation."""

    @property
    def name(self) -> str:
        """The full resource name: ``projects/p/jobs/j``."""
        return f"{self.collection}/{self.job_id}"
