"""What an hour of one of a sweep's jobs costs."""

from __future__ import annotations

from sweeper.backends.registry import CLOUDS
from sweeper.model import CloudSettings, Sweep
from sweeper.surroundings import Surroundings


def price_of_an_hour(sweep: Sweep, region: str | None, here: Surroundings) -> float | None:
    """US dollars; None on this machine, without a region, and where nobody knows."""
    if sweep.backend not in CLOUDS or region is None:
        return None
    from sweeper.google.prices.hourly import hourly  # only where it is needed
    from sweeper.google.prices.table import tables

    found = hourly(sweep.clouds.get(sweep.backend, CloudSettings()), sweep.backend, region, tables(here))
    return found.usd_per_hour if found else None
