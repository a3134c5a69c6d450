"""The job services that this emulator speaks, put together: one keeper of jobs, and the routes of each."""

from __future__ import annotations

from aiohttp import web

from sweeper.emulator.aiplatform import routes as aiplatform
from sweeper.emulator.aiplatform import service as vertex
from sweeper.emulator.discovery import ROOTS, load
from sweeper.emulator.faults import Faults
from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.ml import routes as ml
from sweeper.emulator.ml import service as mlengine
from sweeper.emulator.state import State


def make_keeper(state: State) -> Keeper:
    """Make the runner with its ``report``, then let it ``begin`` with the runner before the first request comes."""
    return Keeper(state, (mlengine.SERVICE, vertex.SERVICE))


def routes(keeper: Keeper, faults: Faults) -> list[web.RouteDef]:
    """All paths of ml v1 and aiplatform v1."""
    for api in ROOTS:
        load(api)  # now, so that the first request need not wait for it
    return [*ml.routes(keeper, faults), *aiplatform.routes(keeper, faults)]
