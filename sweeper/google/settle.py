"""Writes one object as often as it takes, and not over another's: a lost reply is settled by looking."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.google.failures import CallFailed, Kind
from sweeper.google.objects import Object
from sweeper.google.patience import Patience


def settled(
    send: Callable[[], int],
    look: Callable[[], Object | None],
    md5: Callable[[], str],
    generation: int | None,
    patience: Patience,
) -> int:
    """The generation that was written. Raises CallFailed: PRECONDITION where the object was not at ``generation``.

    After a try whose reply was lost, an object with these very contents and another generation than the one that was to
    be replaced is the one that the try wrote. Without a ``generation``, writing again does no harm.
    """
    doubtful = False
    tried = 0
    while True:
        tried += 1
        try:
            return send()
        except CallFailed as error:
            failed = error
        doubtful = doubtful or failed.kind is Kind.UNCERTAIN
        if doubtful and generation is not None:
            there = look()
            if there is not None and there.generation != generation and there.md5 == md5():
                return there.generation
        if not patience.again(failed, tried):
            raise failed
