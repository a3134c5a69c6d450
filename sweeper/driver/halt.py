"""Notices that a sweep fails as a whole: its first trials all end in the same way."""

from __future__ import annotations

import re

from sweeper.driver.retry import is_transient
from sweeper.lean import dataclass, field
from sweeper.model import Observation, State

FIRST = 3
"""So many trials that end alike, before any has succeeded, stop the sweep."""


@dataclass
class Watch:
    """What the first trials of this launch ended with."""

    signatures: list[tuple[str, int | None, str]] = field(default_factory=list)
    settled: bool = False
    """One trial has succeeded, or two have failed differently: the sweep itself works."""

    def see(self, seen: Observation) -> bool:
        """Take in one trial that ended; True where this is the moment to stop."""
        if self.settled or seen.state is State.CANCELLED or is_transient(seen.state, seen.reason):
            return False  # what was killed or lost says nothing about the sweep
        if seen.state is State.SUCCEEDED:
            self.settled = True
            return False
        self.signatures.append(_signature(seen))
        self.settled = len(set(self.signatures)) > 1
        return not self.settled and len(self.signatures) == FIRST


def _signature(seen: Observation) -> tuple[str, int | None, str]:
    """Numbers and addresses in the message differ from trial to trial; the rest must be equal."""
    return seen.reason, seen.code, re.sub(r"0x[0-9a-f]+|[-+]?\d+(\.\d+)?(e[-+]?\d+)?|'[^']*'", "#", seen.note)
