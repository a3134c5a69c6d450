"""The tuning job that a handle stands for: itself, or the older one of two that one attempt was made as."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from sweeper.backends.cloud.patience import Patience
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.twins import Twins
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed
from sweeper.model import State
from sweeper.studies.service import Json, StudyService

_DOUBTFUL = frozenset({State.FAILED, State.CANCELLED})


@dataclass
class TuningJobs:
    """Of one service. A second job of an attempt is looked for once no list lags behind its creation any more."""

    service: StudyService
    twins: Twins
    clock: Clock
    patience: Patience
    requests: int = 0
    """Made by the last look."""
    _made: dict[str, tuple[float, Row]] = field(default_factory=dict)
    """By this process, and not checked yet: when, and as what."""
    _checked: set[str] = field(default_factory=set)

    def made(self, row: Row) -> None:
        """It was just created or found."""
        self._made.setdefault(row.handle, (self.clock.now(), row))

    def look(self, handle: str) -> Json | None:
        """What the service says now; None where there positively is no such job. Raises CallFailed."""
        self.requests = 1
        job = self.service.get(handle)
        if job is None or self.service.takes_ids:
            return job
        row = self.service.row(job)
        self.twins.see(row)
        if row.state in _DOUBTFUL or self._is_due(handle):  # what failed may be the younger of two, ended for that
            self._check(row)
        first = self.twins.first(handle)
        if first == handle:
            return job
        self.requests += 1
        return self.service.get(first)

    def cancel(self, handle: str) -> None:
        """Ask it to stop, and the other one where there are two; quiet where there is nothing to stop."""
        for one in dict.fromkeys((handle, self.twins.first(handle))):
            try:
                if self._is_live(one):
                    self.service.cancel(one)
            except CallFailed as error:
                # It has ended meanwhile; what the services answer then differs.
                if error.transient or self._is_live(one):
                    raise

    def finish(self) -> None:
        """A last check, before this process leaves."""
        with contextlib.suppress(CallFailed):
            for _, row in self._made.values():
                if not self.service.takes_ids and row.handle not in self._checked:
                    self._check(row)

    def _is_live(self, handle: str) -> bool:
        job = self.service.get(handle)
        row = self.service.row(job) if job is not None else None
        return row is not None and not row.over and not row.ending

    def _is_due(self, handle: str) -> bool:
        made = self._made.get(handle)
        settled = made is None or self.clock.now() >= made[0] + self.patience.list_lag
        return settled and handle not in self._checked

    def _check(self, row: Row) -> None:
        self.requests += 1
        for twin in self.service.siblings(row):
            self.twins.see(twin)
        self._checked.add(row.handle)
