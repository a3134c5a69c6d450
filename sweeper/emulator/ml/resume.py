"""``resumePreviousJobId``: whether a tuning job can go on from the one that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sweeper.emulator import errors
from sweeper.emulator.jobs.record import ENDED, Record
from sweeper.emulator.ml.hyperparameters import study_of
from sweeper.emulator.ml.trials import is_tuning
from sweeper.emulator.tuning.spec import Spec

PATH = "job.training_input.hyperparameters.resume_previous_job_id"


def check_resume(job: Mapping[str, Any], find: Callable[[str], Record | None]) -> None:
    """Raise ApiError where it cannot; ``find``: the job of that id in the same project.

    That the parameters, goal and metric must be those of the earlier job, and that it must have ended, is said nowhere
    in so many words; its study would be of no use otherwise.
    """
    training = job["trainingInput"]
    earlier_id = training.get("hyperparameters", {}).get("resumePreviousJobId")
    if not earlier_id:
        return
    earlier = find(earlier_id)
    if earlier is None:
        text = f"The specified job '{earlier_id}' could not be found."
        raise errors.ApiError(404, "NOT_FOUND", f"Field: {PATH} Error: {text}", errors.bad_request([(PATH, text)]))
    if not is_tuning(earlier):
        raise errors.field_error(PATH, f"The job '{earlier_id}' is not a hyperparameter tuning job.")
    if earlier.phase not in ENDED:
        raise errors.field_error(PATH, f"The job '{earlier_id}' has not ended yet.")
    if _matter(study_of(training)) != _matter(study_of(earlier.body["trainingInput"])):
        raise errors.field_error(PATH, f"The job '{earlier_id}' has other parameters, or another goal or metric.")


def _matter(spec: Spec) -> Spec:
    """What two studies must share: how many trials there are, and how they are found, may differ."""
    return Spec(axes=tuple(sorted(spec.axes, key=str)), metric=spec.metric, maximize=spec.maximize)
