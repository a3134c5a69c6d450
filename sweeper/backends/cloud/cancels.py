"""Asks jobs to end, side by side, until it is known that they were asked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

from sweeper.backends.cloud.crew import Crew
from sweeper.backends.cloud.service import Service
from sweeper.backends.cloud.states import States
from sweeper.backends.cloud.stops import Stops
from sweeper.backends.cloud.twins import Twins
from sweeper.google.failures import CallFailed
from sweeper.model import Reason

LONGEST = 30.0
"""Seconds that a program which ends waits for the last answers."""

WORTH_A_WORD = 10
"""So many tries in a row that fail are told."""


@dataclass
class Cancels:
    """What is being asked, by handle."""

    service: Service
    states: States
    stops: Stops
    twins: Twins
    crew: Crew
    say: Callable[[str], None]
    _failed: int = 0
    """Tries in a row."""
    _asked: dict[str, tuple[Reason, Future[None]]] = field(default_factory=dict)

    def ask(self, handle: str, reason: Reason) -> None:
        """Returns at once."""
        if handle not in self._asked:
            self._asked[handle] = reason, self.crew.begin(lambda: self._ask(handle, reason))

    def again(self) -> None:
        """Forget what was done, ask again what failed."""
        for handle, (reason, future) in list(self._asked.items()):
            if future.done():
                del self._asked[handle]
                error = future.exception()
                self._failed = self._failed + 1 if error else 0
                if isinstance(error, CallFailed):
                    self.ask(handle, reason)
                    if self._failed == WORTH_A_WORD:
                        self.say(f"trying again: {error}")
                if error is not None and not (isinstance(error, CallFailed) and error.transient):
                    raise error

    def finish(self) -> None:
        """Wait for what is being asked."""
        wait([future for _, future in self._asked.values()], LONGEST)

    def _ask(self, handle: str, reason: Reason) -> None:
        row = self.states.one(handle)
        if row is None or row.over:
            return
        self.stops.note(row, reason)
        for one in dict.fromkeys((handle, self.twins.first(handle))):
            try:
                self.service.cancel(one)
            except CallFailed as error:
                if error.transient:
                    raise
                # It has ended meanwhile; what the services answer then differs.
                if (now := self.service.get(one)) is not None and not now.over and not now.ending:
                    raise
