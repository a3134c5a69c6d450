"""The target of a sweep: this machine's folders, or a place in the cloud with the files that are staged there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweeper.backends.registry import CLOUDS
from sweeper.driver.target import Target, cloud_target, local_target
from sweeper.errors import SweeperError, UserError
from sweeper.model import CloudSettings, Sweep
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.google.place import Place


def of(sweep: Sweep, here: Surroundings) -> Target:
    """Where the sweep's trials run. Raises UserError where project, region or bucket are not known."""
    if sweep.backend not in CLOUDS:
        if sweep.trainer.image is not None:
            hint = "leave it out, or choose a cloud backend: backend: vertex"
            raise UserError(
                "there are no containers on this backend", where=sweep.path, path="trainer.image", hint=hint
            )
        return local_target(here.home)
    from sweeper.google import staging  # only where it is needed: every local launch would pay for it

    place = place_of(sweep.backend, here, sweep)
    staged = staging.find(sweep.stage, cwd=here.cwd, folder=place.folder, where=sweep.path)
    return cloud_target(sweep, place, staging.addresses(staged))


def place_of(backend: str, here: Surroundings, sweep: Sweep | None = None) -> Place:
    """Project, region and bucket, from wherever they are said. Raises UserError that lists what is missing."""
    from sweeper.google.place import resolve

    settings = sweep.clouds.get(backend) if sweep is not None else None
    try:
        return resolve(settings or CloudSettings(), here, backend=backend)
    except UserError:
        if is_shut_down(backend, here):  # nobody need look for what to say then
            raise _shut_down() from None
        raise


def is_shut_down(backend: str, here: Surroundings) -> bool:
    """It is ML Engine, at Google's own host."""
    if backend != "mlengine":
        return False
    from sweeper.google.endpoints import endpoints

    return endpoints(here.environ).override is None


def _shut_down() -> SweeperError:
    from sweeper.google.verdict import shut_down

    return shut_down("use mlengine")
