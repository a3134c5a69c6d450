"""How often and how long a question is asked again, and with what pauses."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from sweeper.google.failures import CallFailed, Kind


@dataclass(frozen=True, slots=True)
class Patience:
    """The defaults suit a person who waits; tests bring their own."""

    tries: int = 5
    first: float = 0.5
    """Seconds before the second try, doubled from then on; each pause is a random part of that, at least half."""
    longest: float = 30.0
    obeyed: float = 60.0
    """The longest Retry-After that is waited for here; beyond it, it is the caller's to plan."""
    timeout: float = 60.0
    """Seconds for a connection, and for each silence of the other side."""
    wait: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def again(self, failed: CallFailed, tried: int) -> bool:
        """Wait and say True, where one more try makes sense after ``tried`` of them."""
        match failed.kind:
            case Kind.RATE | Kind.BUSY | Kind.UNCERTAIN:
                most = self.tries
            case Kind.UNREACHABLE:
                most = min(self.tries, 2)  # nobody there is soon told; a name that cannot be found rarely heals at once
            case _:
                return False
        if tried >= most or (failed.retry_after or 0.0) > self.obeyed:
            return False
        self.pause(tried, failed.retry_after)
        return True

    def pause(self, tried: int, retry_after: float | None = None) -> None:
        """As long as it takes after the ``tried``-th try."""
        longest = min(self.longest, self.first * 2.0 ** (tried - 1))
        seconds = longest * (0.5 + 0.5 * self.chance())
        if retry_after is not None:
            seconds = max(retry_after, 0.0) + 0.1 * seconds  # not everybody in the same moment
        self.wait(seconds)
