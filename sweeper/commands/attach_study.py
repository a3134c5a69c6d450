"""``sweeper attach`` for a tuning job that sweeper has not launched: somebody submitted it with gcloud, say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sweeper.backends import registry
from sweeper.clock import Clock
from sweeper.commands.importing.config import config_of
from sweeper.config import parse
from sweeper.driver import study_launch
from sweeper.driver.asked import asked
from sweeper.driver.refresh import stored, studies_of
from sweeper.errors import UserError
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.place import Place
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import StudyRow, SweepRow
from sweeper.model import State
from sweeper.surroundings import Surroundings
from sweeper.usage.binding import bind

if TYPE_CHECKING:
    from sweeper.google.client import Google

Json = Mapping[str, Any]
KEPT = {
    "mlengine": ("trainingInput",),
    "vertex": (
        "displayName",
        "maxTrialCount",
        "parallelTrialCount",
        "maxFailedTrialCount",
        "studySpec",
        "trialJobSpec",
    ),
}
"""What a file for gcloud holds of a job; the rest is what has become of it."""
WHOLE = ("replicaCount", "workerCount", "parameterServerCount", "count", "bootDiskSizeGb", "minValue", "maxValue")
"""Numbers that JSON has as text where they have 64 bits."""


def find(google: Google, place: Place, name: str, backend: str) -> Json | None:
    """The tuning job of that id (ML Engine), resource name or display name (Vertex AI; the newest); None if none is."""
    try:
        if backend == "mlengine":
            job = google.ml_get(place.project, name)
            return job if "hyperparameters" in (job.get("trainingInput") or {}) else None
        if name.startswith("projects/"):
            return google.tuning_get(name, place.region)
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return next(google.tuning_list(place.project, place.region, filter=f'display_name="{quoted}"'), None)
    except CallFailed as error:
        if error.kind in (Kind.NOT_FOUND, Kind.INVALID):
            return None
        raise


def attach(job: Json, backend: str, place: Place, ledger: Ledger, here: Surroundings, clock: Clock) -> SweepRow:
    """The job as a sweep of this ledger, with all of its trials so far. Raises UserError where it is none for us."""
    handle = f"projects/{place.project}/jobs/{job['jobId']}" if backend == "mlengine" else str(job["name"])
    row = _row(job, handle, backend, place, clock.now())
    if ledger.sweep(row.id) is not None:
        here.say(f"{row.id} is in {here.home} already; looking what has become of it")
        return row
    study = StudyRow(row.id, 1, trials=row.total, submitted=clock.now())
    with ledger.transaction():
        ledger.add_sweep(row)
        ledger.begin_study(study)
        ledger.move_study(study, replace(study, state=State.QUEUED, handle=handle))
    studies = studies_of(row, here)
    try:
        study_launch.look(stored(row), row, ledger, studies, clock).look()
    finally:
        studies.close()
    here.say(f"attached {row.id}: the tuning job {handle}, which sweeper has not launched")
    return row


def _row(job: Json, handle: str, backend: str, place: Place, now: float) -> SweepRow:
    text = json.dumps(_numbers({key: job[key] for key in KEPT[backend] if key in job}))
    made = config_of(text, file=handle, usage_of=lambda _: "none").text
    sweep = parse(made, path=handle, backends=tuple(registry.BACKENDS), backend=backend)
    rendering = bind(None, [one.name for one in sweep.space.parameters], seed_parameter=None)
    found = translate(sweep, rendering, FORMATS[backend].can)
    if found.losses:
        raise UserError("sweeper does not understand all of this study", where=handle, path=found.losses[0].path)
    dictionary = asked(sweep, sweep, found, rendering).dictionary
    name = sweep.name if backend == "vertex" else str(job["jobId"])[:50]
    return SweepRow(
        id=f"{name}-{sha256(handle.encode()).hexdigest()[:6]}",
        name=name,
        created=now,
        config=made,
        config_path=handle,
        backend=backend,
        settings={
            "module": sweep.trainer.module,
            "repeats": 1,
            "place": place.as_json(),
            "asked": dictionary.as_json(),
        },
        metric=sweep.metric,
        total=found.study.trials,
    )


def _numbers(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        inner = "minValue" if key == "parentIntValues" else ""
        return {name: _numbers(one, inner or name) for name, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one, key) for one in value]
    return int(value) if key in WHOLE and isinstance(value, str) and value.lstrip("-").isdecimal() else value
