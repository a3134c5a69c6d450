"""The backends by name; the names feed the config's check."""

from __future__ import annotations

from sweeper.backends.local.make import make as local
from sweeper.backends.protocol import Backend
from sweeper.errors import UserError
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings

BACKENDS = {"local": local}


def make(sweep: Sweep, here: Surroundings, *, parallel: int | None = None, python: str) -> Backend:
    """The backend that a sweep names."""
    if sweep.backend not in BACKENDS:
        raise UserError(f"there is no backend '{sweep.backend}'; expected {' or '.join(BACKENDS)}")
    return BACKENDS[sweep.backend](sweep, here, parallel=parallel, python=python)
