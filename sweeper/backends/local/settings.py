"""What a launcher tells its keeper, and the keeper its warm parent; light, for the launcher imports it."""

from __future__ import annotations

from typing import Any, NamedTuple

GRACE = 5.0
"""Seconds between asking a trial to end and making it end."""
CHANNEL = 3
"""The descriptor by which a keeper hears its launcher."""
WARMING = 300.0
"""Seconds that importing the trainer's libraries may take before the trials start cold."""


class Warm(NamedTuple):
    """What the warm parent must know."""

    module: str
    cwd: str
    threads: int
    watched: tuple[str, ...]
    """Variables whose value differs from trial to trial."""


class Keeping(NamedTuple):
    """What the keeper must know."""

    warm: Warm | None
    """None: all trials start cold."""
    variables: list[dict[str, str]]
    """What each slot adds to a trial's environment; slots beyond it begin again."""
    grace: float = GRACE
    warming: float = WARMING

    @staticmethod
    def of(found: list[Any]) -> Keeping:
        """From the JSON on the keeper's command line."""
        keeping = Keeping(*found)
        return keeping._replace(warm=Warm(*keeping.warm) if keeping.warm else None)


class Order(NamedTuple):
    """What a launcher starts a keeper with."""

    keeping: Keeping
    environ: dict[str, str]
    cwd: str
