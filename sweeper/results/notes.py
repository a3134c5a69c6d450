"""Why a trial is not ranked, and what a point's mean is made of, in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sweeper.model import State
from sweeper.results.order import Place, Run
from sweeper.results.reduce import MISSING

_NOT_FINITE = frozenset({"nan", "inf", "-inf"})


def why(run: Run) -> str:
    """Why a trial is not ranked; empty where it is."""
    match run.place:
        case Place.RANKED | Place.VIOLATES:  # of the second kind a whole row says so, not a run
            return ""
        case Place.NO_NUMBER:
            return run.metric_note or MISSING
        case Place.ENDED:
            return run.note or run.reason or run.state
        case Place.RUNNING:
            return "still running"
        case Place.WAITING:
            return "queued" if run.state == State.QUEUED else "not started"


def of_runs(runs: Sequence[Run], *, total: int) -> str:
    """How many of a point's runs its mean is made of, where not all: ``2 of 3 runs (1 failed)``."""
    left = Counter(_word(run) for run in runs if run.place != Place.RANKED)
    ranked = len(runs) - left.total()
    if ranked == total:
        return ""
    words = ", ".join(f"{many} {word}" for word, many in left.items())
    return f"{ranked} of {total} runs" + (f" ({words})" if words else "")


def _word(run: Run) -> str:
    if run.place == Place.NO_NUMBER:
        return run.metric_note if run.metric_note in _NOT_FINITE else "without a number"
    return run.state
