"""The backends by name; the names feed the config's check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sweeper.backends.local.make import make as local
from sweeper.backends.protocol import Backend
from sweeper.errors import UserError
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:  # a local launch does without
    from sweeper.backends.cloud.staged import Staged
    from sweeper.google.place import Place

CLOUDS = ("mlengine", "vertex")
"""Backends whose jobs run elsewhere and cost money."""
BACKENDS = ("local", *CLOUDS)


def make(
    sweep: Sweep,
    here: Surroundings,
    *,
    parallel: int | None = None,
    python: str,
    place: Place | None = None,
    staged: Staged | None = None,
    recent: Iterable[float] = (),
    ahead: bool = True,
) -> Backend:
    """The backend that a sweep names. ``place``, ``staged`` and ``recent`` (times of creates) are for the clouds.

    ``ahead``: more may be handed over than runs at once, to save time; all the same, no more run.
    """
    if sweep.backend in CLOUDS and place is not None:
        from sweeper.backends.cloud.make import make as cloud  # the clients of Google's APIs, only where they are used

        return cloud(sweep, here, parallel=parallel, place=place, staged=staged, recent=recent)
    if sweep.backend == "local":
        return local(sweep, here, parallel=parallel, python=python, ahead=ahead)
    raise UserError(f"there is no backend '{sweep.backend}'; expected {' or '.join(BACKENDS)}")
