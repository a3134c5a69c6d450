"""The tuning services by the names of their backends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sweeper.clock import Clock, SystemClock
from sweeper.errors import UserError
from sweeper.model import CloudSettings, Sweep
from sweeper.studies.protocol import Studies
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.backends.cloud.patience import Patience
    from sweeper.backends.cloud.staged import Staged
    from sweeper.google.client import Google
    from sweeper.google.place import Place

SERVICES = ("mlengine", "vertex")


def make(
    sweep: Sweep,
    here: Surroundings,
    *,
    place: Place,
    staged: Staged | None = None,
    recent: Iterable[float] = (),
    google: Google | None = None,
    clock: Clock | None = None,
    patience: Patience | None = None,
) -> Studies:
    """The tuning service of the sweep's backend."""
    if sweep.backend not in SERVICES:
        raise UserError(f"'{sweep.backend}' has no tuning service; expected {' or '.join(SERVICES)}")
    from sweeper.google.client import make_google
    from sweeper.studies.cloud import CloudStudies
    from sweeper.studies.mlengine import MLEngineStudies
    from sweeper.studies.vertex import VertexStudies

    google = google or make_google(here, impersonate=here.flags.get("impersonate"))
    settings = sweep.clouds.get(sweep.backend, CloudSettings())
    kinds: dict[str, type[MLEngineStudies] | type[VertexStudies]] = {
        "mlengine": MLEngineStudies,
        "vertex": VertexStudies,
    }
    service = kinds[sweep.backend](google, project=place.project, region=place.region, settings=settings, staged=staged)
    return CloudStudies(
        service,
        google,
        project=place.project,
        staged=staged,
        sweep=sweep,
        clock=clock or SystemClock(),
        say=here.say,
        patience=patience,
        recent=recent,
    )
