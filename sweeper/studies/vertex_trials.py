"""What ``aiplatform v1`` answers about the trials of a tuning job, in our words; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sweeper.backends.cloud.outcome import observation
from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.times import moment
from sweeper.lean import replace
from sweeper.model import Measurement, Observation, Reason, State
from sweeper.states import FINAL
from sweeper.studies.protocol import StudyTrial

STATES = {
    "REQUESTED": State.QUEUED,
    "ACTIVE": State.RUNNING,
    "STOPPING": State.RUNNING,
    "SUCCEEDED": State.SUCCEEDED,
    "INFEASIBLE": State.FAILED,
}
"""The service's words for trials. Any other is no news: it runs."""
_CANCELLED = re.compile(r"cancel", re.I)


def trials(job: Mapping[str, Any], row: Row, stopping: Collection[int] = ()) -> list[StudyTrial]:
    """``trials``, by number. ``stopping``: those that were seen to be told to stop, which nothing shows afterwards."""
    found = [_trial(one, row, stopping) for one in job.get("trials") or ()]
    return sorted(found, key=lambda one: one.number)


def told_to_stop(job: Mapping[str, Any]) -> set[int]:
    """The numbers of the trials that the service wants to end early."""
    return {int(one.get("id") or 0) for one in job.get("trials") or () if one.get("state") == "STOPPING"}


def child(job: Mapping[str, Any], number: int) -> str:
    """The id of the custom job that runs a trial; empty where there is none yet."""
    named = (one.get("customJob") for one in job.get("trials") or () if int(one.get("id") or 0) == number)
    return str(next(named, None) or "").rpartition("/")[2]


def _trial(one: Mapping[str, Any], row: Row, stopping: Collection[int]) -> StudyTrial:
    number = int(one.get("id") or 0)
    params = {str(given.get("parameterId")): given.get("value", 0) for given in one.get("parameters") or ()}
    final = one.get("finalMeasurement")
    listed = [*(one.get("measurements") or ()), *([final] if final else ())]
    measured = tuple(found for each in listed for found in _measured(each))
    seen = replace(_seen(one, row, number in stopping), measurements=measured)
    return StudyTrial(number, f"{row.handle}/trials/{number}", params, seen)


def _seen(one: Mapping[str, Any], row: Row, stopped: bool) -> Observation:
    state = STATES.get(str(one.get("state")), State.RUNNING)
    started, ended = moment(one.get("startTime")), moment(one.get("endTime"))
    why = str(one.get("infeasibleReason") or "")
    if _is_cancelled(state, row, why):
        return Observation(State.CANCELLED, Reason.USER, started=started, ended=ended or row.ended)
    if state is State.FAILED:
        told = Row("", "", "", 0, "", state, 0.0, started=started, ended=ended, message=why, spot=row.spot)
        return observation(told) or Observation(state)
    reason = Reason.STOPPED_EARLY if stopped and state is State.SUCCEEDED else Reason.NONE
    return Observation(state, reason, started=started, ended=ended if state in FINAL else None)


def _is_cancelled(state: State, row: Row, why: str) -> bool:
    """What a cancelled study has left over, or has ended: the service has no word for a trial that was cancelled."""
    if state is State.FAILED:
        return (row.state is State.CANCELLED or row.ending) and (not why or bool(_CANCELLED.search(why)))
    return row.state is State.CANCELLED and state is not State.SUCCEEDED


def _measured(given: Mapping[str, Any]) -> Iterator[Measurement]:
    step = int(given.get("stepCount", 0))  # JSON leaves out what is zero
    for metric in given.get("metrics") or ():
        yield Measurement(str(metric.get("metricId", "")), float(metric.get("value", 0.0)), step)
