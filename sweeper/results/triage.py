"""Trials that came to nothing, gathered by what went wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.lean import dataclass
from sweeper.model import Reason, State
from sweeper.results.order import Place, Run

NO_METRIC, LOST, CODE, TIMEOUT = "metric missing", "lost", "code", "timeout"
_BY_REASON = {
    Reason.OOM: "out of memory",
    Reason.STOPPED: "killed",
    Reason.TIMEOUT: TIMEOUT,
    Reason.PREEMPTED: "preempted",
    Reason.QUOTA: "quota",
    Reason.DIVERGED: "diverged",
    Reason.STALLED: "stalled",
}


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
    alike: str = ""
    """The same without the trial's own values either: what only names them is one failure. Empty: as the signature."""
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


def without_values(text: str, params: Mapping[str, Any]) -> str:
    """The text with the trial's own words left out of its last line, where the error says what it is about.

    Lines of code stay: a parameter's value may well be a name in them.
    """
    head, newline, last = text.rpartition("\n")
    words = [value for value in params.values() if isinstance(value, str) and len(value) > 1]
    for word in sorted(words, key=len, reverse=True):
        last = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "#", last)
    return head + newline + last


def gathered(failures: Sequence[Failure]) -> list[Group]:
    """The largest group first. Failures are one where their signatures are alike, with or without their values."""
    groups: dict[tuple[str, str], list[Failure]] = {}
    first: dict[tuple[str, str, str], tuple[str, str]] = {}
    for one in failures:
        own, other = (one.kind, "", one.signature), (one.kind, "alike", one.alike or one.signature)
        group = first.get(own) or first.get(other) or (one.kind, one.signature)
        first[own] = first[other] = group
        groups.setdefault(group, []).append(one)
    return [Group(tuple(group)) for group in sorted(groups.values(), key=len, reverse=True)]
