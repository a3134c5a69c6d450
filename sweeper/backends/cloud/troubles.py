"""What a failed call means to the driver: wait, or give up until a person has mended something."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.backends.cloud.patience import Patience
from sweeper.backends.protocol import Barred, Unavailable
from sweeper.clock import Clock
from sweeper.google.failures import CallFailed, Kind

MEANWHILE = {Kind.RATE: "slowing down", Kind.QUOTA: "waiting for room"}


def told(error: CallFailed, *, after: float = 5.0, alone: bool = False) -> Unavailable | Barred:
    """In the driver's words, where nobody waits for it to pass."""
    if not error.transient:
        return Barred(str(error))
    full = error.kind is Kind.QUOTA
    meanwhile = MEANWHILE.get(error.kind, "trying again")
    return Unavailable(str(error), after=after, alone=alone, full=full, meanwhile=meanwhile)


@dataclass
class Troubles:
    """Of one sort of calls. A login that is renewed or a role on its way must not end a launch that has worked."""

    clock: Clock
    patience: Patience
    _worked: bool = False
    _since: float | None = None
    """When calls that had worked began to be refused."""

    def over(self) -> None:
        """A call has worked."""
        self._worked, self._since = True, None

    def told(self, error: CallFailed, *, after: float, alone: bool = False) -> Unavailable | Barred:
        """In the driver's words."""
        if not error.transient and self._worked:
            now = self.clock.now()
            self._since = now if self._since is None else self._since
            if now < self._since + self.patience.barred:
                return Unavailable(str(error), after=after, alone=alone)
        return told(error, after=after, alone=alone)
