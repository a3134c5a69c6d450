"""The kinds of job that Vertex has here, and how each differs from the other where it is created and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sweeper.emulator.aiplatform.rules import check_custom_job
from sweeper.emulator.aiplatform.trials import COLLECTION, prints_floats
from sweeper.emulator.aiplatform.tuning_rules import ROOT, check_tuning_job
from sweeper.emulator.aiplatform.tuning_view import show_tuning_job
from sweeper.emulator.aiplatform.view import show_job
from sweeper.emulator.discovery import TUNING_JOB, root_of
from sweeper.emulator.faults import Faults
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.tuning.trial import TuningTrial

Trials: TypeAlias = Callable[[Record], Sequence[TuningTrial]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One collection of jobs."""

    collection: str
    title: str
    """``CustomJob``, as messages have it."""
    part: str
    """What faults call requests of it."""
    schema: str
    root: str
    """What the message is called in the paths of its faults."""
    spec: str
    """The field that says what is run."""
    check: Callable[[Mapping[str, Any]], None]
    """Raises ApiError where a message breaks a rule."""
    show: Callable[[Record], dict[str, Any]]


def kinds(faults: Faults, trials: Trials) -> tuple[Kind, ...]:
    """All of them; ``trials``: those of a tuning job, by number."""

    def show_tuning(record: Record) -> dict[str, Any]:
        return show_tuning_job(record, trials(record), floats=prints_floats(faults, record))

    custom = Kind(
        collection="customJobs",
        title="CustomJob",
        part="custom",
        schema=root_of("aiplatform"),
        root="custom_job",
        spec="jobSpec",
        check=check_custom_job,
        show=show_job,
    )
    tuning = Kind(
        collection=COLLECTION,
        title="HyperparameterTuningJob",
        part="tuning",
        schema=TUNING_JOB,
        root=ROOT,
        spec="trialJobSpec",
        check=check_tuning_job,
        show=show_tuning,
    )
    return custom, tuning
