"""What early stopping has saved of one sweep, in steps, hours and money, for whoever shows it."""

from __future__ import annotations

from typing import Any

from sweeper.backends.registry import CLOUDS
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import CloudSettings, Sweep
from sweeper.results.saved import saved
from sweeper.surroundings import Surroundings


def savings(ledger: Ledger, row: SweepRow, here: Surroundings) -> dict[str, Any] | None:
    """Trials stopped, and about what that saved; None for a sweep that stops none. What is not known is None."""
    if row.is_smoke or "early_stopping" not in row.config:  # a look at any other sweep costs nothing
        return None
    from sweeper.driver.refresh import stored  # reads the config

    sweep = stored(row)
    if sweep.early_stopping is None:
        return None
    found = saved(ledger, row.id, row.metric.name, max_steps=sweep.early_stopping.max_steps)
    if found is None:
        return {"trials": 0, "steps": 0, "hours": 0.0, "usd": None}
    price = price_of_an_hour(sweep, row, here) if found.hours is not None else None
    usd = None if price is None or found.hours is None else found.hours * price
    steps = None if found.steps is None else round(found.steps)
    return {"trials": found.trials, "steps": steps, "hours": found.hours, "usd": usd}


def price_of_an_hour(sweep: Sweep, row: SweepRow, here: Surroundings) -> float | None:
    """US dollars of one job; None on this machine, and where nobody knows."""
    place = row.settings.get("place")
    if sweep.backend not in CLOUDS or place is None:
        return None
    from sweeper.google.prices.hourly import hourly  # only where it is needed
    from sweeper.google.prices.table import tables

    found = hourly(sweep.clouds.get(sweep.backend, CloudSettings()), sweep.backend, place["region"], tables(here))
    return found.usd_per_hour if found else None
