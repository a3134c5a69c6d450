"""Trials that came to nothing, gathered by what went wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.lean import dataclass
from sweeper.model import Reason, State
from sweeper.results.order import Place, Run

_BY_REASON = {
    Reason.OOM: "out of memory",
    Reason.STOPPED: "killed",
    Reason.TIMEOUT: "timeout",
    Reason.PREEMPTED: "preempted",
    Reason.QUOTA: "quota",
    Reason.DIVERGED: "diverged",
    Reason.STALLED: "stalled",
}
NO_METRIC, LOST, CODE = "metric missing", "lost", "code"


@dataclass(frozen=True, slots=True)
class Failure:
    """One trial that failed, or succeeded without a number to rank it by."""

    trial: str
    kind: str
    """What it is a case of: code, out of memory, killed, timeout, preempted, quota, metric missing, diverged, ..."""
    message: str
    params: Mapping[str, Any]
    signature: str
    """Alike for what is the same failure: the traceback, or the message, without its particulars."""
    printed: tuple[str, ...] = ()
    """The end of what it printed, from its last traceback on."""


@dataclass(frozen=True, slots=True)
class Group:
    """Failures of one kind and signature, in the order of their trials; the first one speaks for all."""

    failures: tuple[Failure, ...]


def kind_of(run: Run) -> str | None:
    """The class of a trial that came to nothing; None of one that is ranked, was cancelled or has not ended."""
    if run.place == Place.NO_NUMBER:
        return "diverged" if run.metric_note in ("nan", "inf", "-inf") else NO_METRIC
    if run.state == State.LOST:
        return LOST
    if run.state != State.FAILED:
        return None
    return _BY_REASON.get(Reason(run.reason), CODE)


def gathered(failures: Sequence[Failure]) -> list[Group]:
    """The largest group first."""
    groups: dict[tuple[str, str], list[Failure]] = {}
    for one in failures:
        groups.setdefault((one.kind, one.signature), []).append(one)
    return [Group(tuple(group)) for group in sorted(groups.values(), key=len, reverse=True)]
