"""``os.environ`` under watch: which variables do a trainer's libraries read, or set, while they are imported?"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Seen(NamedTuple):
    """What happened while the watch was on."""

    read: frozenset[str]
    """Watched variables that were looked up, found or not."""
    changed: frozenset[str]
    """Variables, watched or not, that have another value now, or are gone."""


class WatchedEnvironment(type(os.environ)):  # type: ignore[misc]  # os._Environ has no public name
    """``os.environ`` that remembers which of the watched variables were looked up.

    Whoever copies all of it is not meant: libraries do that to look for names of their own.
    """

    watched: frozenset[str] = frozenset()
    looked_up: set[str] = set()  # noqa: RUF012  # shared on purpose: there is one environment
    copied: deque[str] = deque()  # noqa: RUF012
    """What a copy that is under way will look up next."""

    def __getitem__(self, key: str) -> str:
        """Look up, and remember."""
        if self.copied and self.copied[0] == key:
            self.copied.popleft()
        elif key in self.watched:
            self.looked_up.add(key)
        value: str = super().__getitem__(key)
        return value

    def __iter__(self) -> Iterator[str]:
        """The names; a copy looks each up in this order, at once or afterwards."""
        names = list(super().__iter__())
        WatchedEnvironment.copied = deque(names)
        yield from names


def watch(names: Iterable[str]) -> Callable[[], Seen]:
    """Watch variables from now on; the returned function stops and says what happened."""
    plain = type(os.environ)
    before = dict(os.environ)
    WatchedEnvironment.watched = frozenset(names)
    WatchedEnvironment.looked_up = set()
    os.environ.__class__ = WatchedEnvironment

    def stop() -> Seen:
        os.environ.__class__ = plain
        after = dict(os.environ)
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        return Seen(frozenset(WatchedEnvironment.looked_up), frozenset(changed))

    return stop
