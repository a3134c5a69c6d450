"""Holds the queue while the project's resource quota is used up; pure but for its own counts."""

from __future__ import annotations


class Hold:
    """How many jobs may be asked for now; None while nothing is held.

    Each of our jobs that ends makes room for one, whatever it held. Where none ends, one is tried after a while, and
    the while doubles. Each success after such a try makes room for two more, so that a quota that was raised is soon
    used, and one that was not costs one refused request.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._wait = first
        self._until: float | None = None
        self._room = 0
        self._trying = False

    def full(self, now: float) -> float:
        """The quota is used up. Returns the seconds until one more is tried."""
        if self._until is not None and self._trying:
            self._wait = min(self._wait * 2, self._longest)
        self._until, self._room, self._trying = now + self._wait, 0, False
        return self._wait

    def room(self, now: float) -> int | None:
        """How many more may be asked for; None for any number."""
        if self._until is None:
            return None
        if now >= self._until and not self._trying:
            self._room, self._trying = max(self._room, 1), True
        return self._room

    def ended(self) -> None:
        """A job of ours has given its machine back."""
        self._room += self._until is not None

    def asked(self) -> None:
        """One more is being asked for."""
        self._room -= self._until is not None and self._room > 0

    def made(self) -> None:
        """The service took it."""
        if self._trying:
            self._room += 2
            if self._room > 32:  # it goes on as if there were no quota
                self._until, self._room, self._trying, self._wait = None, 0, False, self._first
