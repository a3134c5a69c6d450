"""A keeper that is started ahead: while the rest of the program is loaded and the sweep is checked.

Starting one, and importing what the trainer imports, takes as long as that. It is given no trial until everything was
checked; one that is not wanted in the end hears that nobody is there, and ends at once.
"""

from __future__ import annotations

from sweeper.backends.local.link import Link
from sweeper.backends.local.settings import Order

_started: list[tuple[Order, Link]] = []


def begin(order: Order) -> None:
    """Start a keeper that ``take`` can have. Where that fails, whoever needs one will say so."""
    try:
        _started.append((order, Link(order)))
    except OSError:
        return


def take(order: Order) -> Link | None:
    """The keeper that was started with exactly that; at most once, for somebody may be asking for a second one."""
    for index, (known, link) in enumerate(_started):
        if known == order and link.open:
            del _started[index]
            return link
    return None


def drop() -> None:
    """Let go of what nobody took."""
    while _started:
        _started.pop()[1].close()
