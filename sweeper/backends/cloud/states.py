"""What has become of many jobs, in a number of requests that does not grow with theirs.

A round lists the jobs that have not ended, which is one request for a hundred of them whatever the sweep's past. Those
that have left the list, or that a lagging list does not show yet, are asked for one by one, a few in a round; where
they are many, one listing of the whole sweep takes their place.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sweeper.backends.cloud.crew import Crew
from sweeper.backends.cloud.patience import Patience
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.service import Service
from sweeper.backends.cloud.twins import Twins
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed
from sweeper.model import State

PAGE = 100
MOST = 12
"""Requests in a round."""
FEWEST = 2
"""Single jobs that are asked for in each round, however long the list is."""


@dataclass
class States:
    """Remembers what it saw last of each job that has not ended. One thread looks, while others may make jobs."""

    service: Service
    twins: Twins
    clock: Clock
    patience: Patience
    crew: Crew
    requests: int = 0
    """Made in the last round, as far as can be told from outside the pages."""
    behind: list[str] = field(default_factory=list)
    """Jobs that are to be asked for one by one, in the next round."""
    known: dict[str, Row] = field(default_factory=dict)
    _made: dict[str, float] = field(default_factory=dict)
    _lately: list[tuple[float, float]] = field(default_factory=list)
    """When jobs were made: by our clock, by the service's."""
    _audited: float = 0.0
    _scopes: set[str] = field(default_factory=set)
    _whole: int = 1
    """Pages of the whole sweep, when it was last listed."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._audited = self.clock.now()

    def made(self, row: Row) -> None:
        """A job that was just created or found."""
        self._scopes.add(self.service.scope_of(row))
        with self._lock:
            self._lately.append((self.clock.now(), row.created))
        if not row.over:
            self.known[row.handle] = row
            self._made[row.handle] = self.clock.now()

    def look(self, handles: Sequence[str]) -> dict[str, Row | None]:
        """What could be learnt in this round; None for a job that is positively not there."""
        self.requests = 0
        wanted = dict.fromkeys(handles)
        found: dict[str, Row | None] = {}
        whole = False
        if self._must_audit(busy=True):  # it takes the place of a round
            self._audit(found)
        else:
            whole = self._ask_all(wanted, found)
        if not whole:
            self._look_for_twins(wanted, found)
        self._replace(wanted, found)
        self._remember(wanted, found)
        if whole:
            self._audited_until(self.clock.now())
        elif self._must_audit(busy=any(handle in self.known for handle in wanted)):
            self._audit({})
        return {handle: row for handle, row in found.items() if handle in wanted}

    def _ask_all(self, wanted: Collection[str], found: dict[str, Row | None]) -> bool:
        """Lists, then single questions. True where the whole sweep was listed."""
        whole = False
        if self.behind:  # the last listing is still fresh
            missing = [handle for handle in self.behind if handle in wanted]
        else:
            self._learn_scope(wanted, found)
            self._list(wanted, found)
            missing = [handle for handle in wanted if handle not in found and not self._is_young(handle)]
            if whole := len(missing) > max(self._whole, MOST):
                self._list_whole(found)
                missing = [handle for handle in missing if handle not in found]
        few = max(FEWEST, (MOST - self.requests) // (1 if self.service.takes_ids else 2))
        self._get(missing[:few], found)
        self.behind = missing[few:]
        return whole

    def finish(self) -> None:
        """A last look for twins, before this process leaves."""
        with contextlib.suppress(CallFailed):
            if self._must_audit(busy=False):
                self._audit({})

    def one(self, handle: str) -> Row | None:
        """One job, as it was seen last or else as it is."""
        return self.known.get(handle) or self._ask(handle)

    def _learn_scope(self, wanted: Iterable[str], found: dict[str, Row | None]) -> None:
        """A process that was given handles only finds out which sweep they are of, from the first that is there."""
        self._scopes |= {scope for handle in list(wanted)[:1] if (scope := self.service.scope_in(handle))}
        if self._scopes:
            return
        for handle in list(wanted)[:FEWEST]:
            self.requests += 1
            found[handle] = row = self._ask(handle)
            if row is not None:
                self._scopes.add(self.service.scope_of(row))
                return

    def _list(self, wanted: Iterable[str], found: dict[str, Row | None]) -> None:
        expected = {handle: row.state if (row := self.known.get(handle)) else None for handle in wanted}
        for scope in self._scopes:
            for rows in self.service.live(scope, expected):
                self._take(rows, found)

    def _list_whole(self, found: dict[str, Row | None]) -> None:
        before = self.requests
        for scope in self._scopes:
            self._take(list(self.service.every(scope)), found)
        self._whole = self.requests - before

    def _take(self, rows: Sequence[Row], found: dict[str, Row | None]) -> None:
        for row in rows:
            self.twins.see(row)
            found[row.handle] = row
        self.requests += max(1, -(-len(rows) // PAGE))

    def _get(self, handles: Sequence[str], found: dict[str, Row | None]) -> None:
        """One by one; what could not be asked is left out, unless nothing at all could."""
        self.requests += len(handles)
        failures = []
        for handle, got in self.crew.each(self._ask, handles):
            if isinstance(got, CallFailed):
                failures.append(got)
            else:
                found[handle] = got
        if failures and not found:
            raise failures[0]

    def _ask(self, handle: str) -> Row | None:
        row = self.service.get(handle)
        if row is not None:
            self.twins.see(row)
        return row

    def _look_for_twins(self, wanted: Iterable[str], found: dict[str, Row | None]) -> None:
        """A job that did not succeed may be the younger of two, ended by somebody else for that."""
        if self.service.takes_ids:
            return
        for row in [row for handle in wanted if (row := found.get(handle)) and row.state in _DOUBTFUL]:
            self.requests += 1
            for twin in self.service.siblings(row):
                self.twins.see(twin)
                found[twin.handle] = twin

    def _replace(self, wanted: Iterable[str], found: dict[str, Row | None]) -> None:
        """What is told of a younger twin is what has become of the older one."""
        for handle in wanted:
            first = self.twins.first(handle)
            if first != handle and (handle in found or first in found):
                found[handle] = found[first] if first in found else self._ask(first)

    def _must_audit(self, *, busy: bool) -> bool:
        """Whether to look at everything that was made lately: while jobs run, now and then.

        A twin may come and go between two rounds. A job is looked at until no list lags behind its creation any more.
        """
        due = not busy or self.clock.now() >= self._audited + self.patience.list_lag
        return due and bool(self._lately) and not self.service.takes_ids

    def _audit(self, found: dict[str, Row | None]) -> None:
        # The twin may be the older one, of a request before the one whose answer we have.
        since = min(created for _, created in self._lately) - 2 * self.patience.list_lag
        now = self.clock.now()
        for scope in self._scopes:
            self._take(list(self.service.since(scope, since)), found)
        self._audited_until(now)

    def _audited_until(self, now: float) -> None:
        self._audited = now
        with self._lock:
            self._lately = [one for one in self._lately if one[0] > now - self.patience.list_lag]

    def _is_young(self, handle: str) -> bool:
        made = self._made.get(handle)
        return made is not None and self.clock.now() < made + self.patience.young

    def _remember(self, wanted: Iterable[str], found: dict[str, Row | None]) -> None:
        for handle in wanted:
            if handle not in found:
                continue
            row = found[handle]
            if row is None or row.over:
                self.known.pop(handle, None)
                self._made.pop(handle, None)
            else:
                self.known[handle] = row


_DOUBTFUL = frozenset({State.FAILED, State.CANCELLED})
