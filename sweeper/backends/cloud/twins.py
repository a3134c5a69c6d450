"""Two jobs of one attempt, where a service can be made to create them: the older one counts, the other is ended.

Which of the two is older is the same for everybody who looks, whatever their ledgers know: two machines that go on with
one sweep keep the same job, and a launcher whose ledger names the younger one is told of the older one in its place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sweeper.backends.cloud.names import called
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.service import Maker
from sweeper.google.failures import CallFailed


@dataclass
class Twins:
    """Takes in every row that is seen. Threads may share it."""

    service: Maker[Any]
    say: Callable[[str], None]
    _first: dict[tuple[str, str, int], tuple[float, str]] = field(default_factory=dict)
    _key: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def see(self, row: Row) -> None:
        """End and report the younger one, if this is one of two."""
        if self.service.takes_ids or not row.attempt or not row.handle:
            return
        with self._lock:
            before = self._first.get(row.key)
            first = min(before, row.age) if before else row.age
            self._first[row.key] = first
            self._key[row.handle] = row.key
            younger = max(before, row.age)[1] if before and before != row.age else None
            new = younger is not None and younger not in self._told
            self._told |= {younger} if younger is not None else set()
        if younger is None:
            return
        there = row if younger == row.handle else None
        if new and not (there and _is_dismissed(there)):
            self.say(
                f"{self.service.title} has two jobs of {called(row.trial)}, attempt {row.attempt}: {first[1]} counts, "
                f"{younger} is cancelled and what it does is not counted"
            )
        if there is None or not (there.over or there.ending):
            self._end(younger)

    def first(self, handle: str) -> str:
        """The job that counts in place of this one: itself, but for a younger twin."""
        key = self._key.get(handle)
        return self._first[key][1] if key else handle

    def _end(self, handle: str) -> None:
        """Asked again whenever it is seen alive, so one try that fails does no harm."""
        try:
            self.service.cancel(handle)
        except CallFailed:
            return


def _is_dismissed(row: Row) -> bool:
    """Somebody has seen to it before."""
    return row.ending or row.state == "cancelled"
