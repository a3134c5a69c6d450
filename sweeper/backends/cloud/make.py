"""Puts the backend of one cloud together."""

from __future__ import annotations

from collections.abc import Iterable

from sweeper.backends.cloud.backend import CloudBackend
from sweeper.backends.cloud.patience import Patience
from sweeper.backends.cloud.service import Service
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.mlengine.service import MLEngine
from sweeper.backends.vertex.service import Vertex
from sweeper.clock import Clock, SystemClock
from sweeper.google.client import Google, make_google
from sweeper.google.place import Place
from sweeper.model import CloudSettings, Sweep
from sweeper.surroundings import Surroundings

SERVICES: dict[str, type[MLEngine] | type[Vertex]] = {"mlengine": MLEngine, "vertex": Vertex}


def make(
    sweep: Sweep,
    here: Surroundings,
    *,
    parallel: int | None = None,
    place: Place,
    staged: Staged | None,
    google: Google | None = None,
    clock: Clock | None = None,
    patience: Patience | None = None,
    recent: Iterable[float] = (),
) -> CloudBackend:
    """The backend that the sweep names."""
    google = google or make_google(here, impersonate=here.flags.get("impersonate"))
    settings = sweep.clouds.get(sweep.backend, CloudSettings())
    service: Service = SERVICES[sweep.backend](
        google, project=place.project, region=place.region, settings=settings, staged=staged
    )
    return CloudBackend(
        service,
        google,
        place=place,
        staged=staged,
        sweep=sweep,
        parallel=parallel,
        clock=clock or SystemClock(),
        say=here.say,
        patience=patience,
        recent=recent,
    )
