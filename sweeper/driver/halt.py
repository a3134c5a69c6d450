"""Notices that a sweep fails as a whole: its first trials all end in the same way."""

from __future__ import annotations

import re

from sweeper.driver.retry import is_transient
from sweeper.lean import dataclass, field
from sweeper.model import Observation, Reason, State

FIRST = 3
"""So many trials that end alike, before any has succeeded, stop the sweep."""


_PARTICULARS = re.compile(
    r"0x[0-9a-f]+|(?<![0-9a-z])[0-9a-f]{8,}(?![0-9a-z])|[-+]?\d+(\.\d+)?(e[-+]?\d+)?|'[^']*'", re.IGNORECASE
)


@dataclass
class Watch:
    """What the first trials of this launch ended with."""

    signatures: list[tuple[str, int | None, str]] = field(default_factory=list)
    spared: frozenset[Reason] = frozenset()
    """Endings that are no ground to stop."""
    settled: bool = False
    """One trial has succeeded, or two have failed differently: the sweep itself works."""

    def see(self, seen: Observation) -> bool:
        """Take in one trial that ended; True where this is the moment to stop."""
        if self.settled or seen.state is State.CANCELLED or is_transient(seen.state, seen.reason):
            return False  # what was killed or lost says nothing about the sweep
        if seen.reason in self.spared:
            return False
        if seen.state is State.SUCCEEDED or seen.reason is Reason.DIVERGED:  # it has trained and reported
            self.settled = True
            return False
        self.signatures.append(_signature(seen))
        self.settled = len(set(self.signatures)) > 1
        return not self.settled and len(self.signatures) == FIRST


def gist(text: str) -> str:
    """What two messages about the same thing have in common: no names, ids, numbers or addresses."""
    return _PARTICULARS.sub("#", text)


def _signature(seen: Observation) -> tuple[str, int | None, str]:
    return seen.reason, seen.code, gist(seen.note)
