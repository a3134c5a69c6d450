"""From the config that a command names to a sweep whose every command line is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sweeper.backends import registry
from sweeper.config import load
from sweeper.errors import UserError
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.driver.prepare import Prepared


def read_config(parsed: Mapping[str, Any], here: Surroundings) -> Sweep:
    """The config that was named, with what the command line says instead."""
    backends = tuple(registry.BACKENDS)
    backend = parsed.get("--backend")
    if backend is not None and backend not in backends:
        raise UserError(f"--backend: expected {' or '.join(backends)}, got '{backend}'")
    return load(parsed["<config>"], backends=backends, backend=backend)


def checked(sweep: Sweep, here: Surroundings) -> Prepared:
    """The sweep with every command line checked; warnings are said."""
    from sweeper.driver.prepare import prepare  # a launch has better things to do while it reads its config

    prepared = prepare(sweep, here)
    for warning in prepared.warnings:
        here.say(f"note: {warning}")
    return prepared
