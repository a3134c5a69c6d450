"""The job services that this emulator speaks, put together: one keeper of jobs, and the routes of each."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from sweeper.emulator.aiplatform import routes as aiplatform
from sweeper.emulator.aiplatform import service as vertex
from sweeper.emulator.aiplatform import trials as vertex_trials
from sweeper.emulator.discovery import ROOTS, load
from sweeper.emulator.faults import Faults
from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.ml import routes as ml
from sweeper.emulator.ml import service as mlengine
from sweeper.emulator.ml import trials as ml_trials
from sweeper.emulator.state import State
from sweeper.emulator.tuning.engines.registry import DEFAULT


def make_keeper(state: State, faults: Faults | None = None, *, engine: str = DEFAULT) -> Keeper:
    """Make the runner with its ``report``, then let it ``begin`` with the runner before the first request comes.

    ``engine`` proposes the trials of tuning jobs that leave that to the service.
    """
    faults = faults or Faults(())
    services = (
        mlengine.SERVICE,
        ml_trials.SERVICE,
        vertex.SERVICE,
        replace(vertex.SERVICE, collection=vertex_trials.COLLECTION),
    )
    return Keeper(state, services, (ml_trials.tunes(faults), vertex_trials.tunes(faults)), engine=engine)


def routes(keeper: Keeper, faults: Faults) -> list[web.RouteDef]:
    """All paths of ml v1 and aiplatform v1."""
    for api in ROOTS:
        load(api)  # now, so that the first request need not wait for it
    trials = keeper.tuner.trials
    return [*ml.routes(keeper, faults, trials), *aiplatform.routes(keeper, faults, trials)]
