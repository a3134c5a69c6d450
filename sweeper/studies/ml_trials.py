"""What ``ml v1`` answers about the trials of a tuning job, in our words; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.times import moment
from sweeper.backends.mlengine.rows import STATES
from sweeper.formats.mlengine import TAG
from sweeper.lean import replace
from sweeper.model import Measurement, Observation, Reason, State
from sweeper.states import FINAL
from sweeper.studies.protocol import StudyTrial

SILENT = "the service does not say why; its log does"


def trials(job: Mapping[str, Any], row: Row) -> list[StudyTrial]:
    """``trainingOutput.trials``, by number. The metric is named once for all, and each trial has only its last value.

    What a cancelled job has left over is cancelled, whatever was last written of it.
    """
    output = job.get("trainingOutput") or {}
    given = (job.get("trainingInput") or {}).get("hyperparameters") or {}
    metric = str(output.get("hyperparameterMetricTag") or given.get("hyperparameterMetricTag") or TAG)
    found = [_trial(one, row.handle, metric) for one in output.get("trials") or ()]
    if row.state is State.CANCELLED:
        found = [_left_over(one) for one in found]
    return sorted(found, key=lambda one: one.number)


def _trial(one: Mapping[str, Any], study: str, metric: str) -> StudyTrial:
    number = int(one.get("trialId") or 0)
    state = STATES.get(str(one.get("state")), State.RUNNING)
    seen = Observation(
        state,
        _reason(one, state),
        started=moment(one.get("startTime")),
        ended=moment(one.get("endTime")) if state in FINAL else None,
        note=SILENT if state is State.FAILED else "",
        measurements=_measured(one, metric),
    )
    return StudyTrial(number, f"{study}/trials/{number}", dict(one.get("hyperparameters") or {}), seen)


def _reason(one: Mapping[str, Any], state: State) -> Reason:
    if state is State.SUCCEEDED and one.get("isTrialStoppedEarly"):
        return Reason.STOPPED_EARLY
    return {State.FAILED: Reason.CODE, State.CANCELLED: Reason.USER}.get(state, Reason.NONE)


def _measured(one: Mapping[str, Any], metric: str) -> tuple[Measurement, ...]:
    final = one.get("finalMetric")
    if not isinstance(final, Mapping):
        return ()
    value, step = final.get("objectiveValue", 0.0), final.get("trainingStep", 0)  # JSON leaves out what is zero
    return (Measurement(metric, float(value), int(step), moment(one.get("endTime")) or 0.0),)


def _left_over(one: StudyTrial) -> StudyTrial:
    if one.seen.state in FINAL:
        return one
    return replace(one, seen=replace(one.seen, state=State.CANCELLED, reason=Reason.USER))
